package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A project file comes with the project, not from the user. Until the user
// trusts this very content it may only do what at worst makes memo run a
// command more often; the idea is direnv's. A trusted file is an empty file in
// the state directory, named by a digest of path and content.

// trustPath returns the path of what says that a file is trusted.
func trustPath(app *app, path string, content []byte) (string, error) {
	dir, _ := app.world.LookupEnv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := app.home()
		if err != nil {
			return "", fmt.Errorf("no state directory: %w", err)
		}
		dir = filepath.Join(home, ".local", "state")
	}
	h := fingerprint.NewFieldHash("memo trusted file 1")
	h.String("path", path)
	h.String("content", string(content))
	return filepath.Join(dir, "memo", "trusted", h.Sum().String()), nil
}

// isTrusted reports whether the user trusts a project file. One that belongs
// to somebody else, who could change it at any time, never is.
func isTrusted(app *app, f *file) bool {
	path, err := trustPath(app, f.path, f.content)
	if err != nil {
		return false
	}
	st, err := app.world.Lstat(path)
	return err == nil && st.Type() == fingerprint.TypeFile && !isForeign(f.path)
}

// setTrusted makes a file trusted.
func setTrusted(app *app, path string, content []byte) error {
	name, err := trustPath(app, path, content)
	if err != nil {
		return err
	}
	if isForeign(path) {
		return fmt.Errorf("trust %q: belongs to another user", path)
	}
	err = store.MakeDirs(filepath.Dir(name))
	if err == nil {
		err = os.WriteFile(name, nil, 0o600)
	}
	if err != nil {
		return fmt.Errorf("trust %q: %w", path, err)
	}
	store.Mend(name) // the umask may have cut its mode
	return nil
}

// revokeTrust takes trust away from a file and reports whether it had it.
func revokeTrust(app *app, path string, content []byte) (bool, error) {
	name, err := trustPath(app, path, content)
	if err != nil {
		return false, err
	}
	switch err := os.Remove(name); {
	case errors.Is(err, os.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("revoke trust in %q: %w", path, err)
	}
	return true, nil
}

// checkUntrusted returns an [UntrustedError] if a project file sets something
// that needs trust whatever the value.
func checkUntrusted(w *fingerprint.World, f *file) error {
	for _, v := range f.values() {
		if v.setting.trust == needsTrust {
			return untrusted(f, v.setting.key, v.line, "needs trust")
		}
		for _, it := range v.items {
			if v.setting.trust == below && leavesDir(w, filepath.Dir(f.path), it.text) {
				return untrusted(f, v.setting.key, it.line, "that excludes or leads elsewhere needs trust")
			}
		}
	}
	return nil
}

func untrusted(f *file, key string, line int, why string) error {
	e := &UntrustedError{File: f.path, Line: line, Key: key, Why: why}
	for _, v := range f.values() {
		e.Sets = append(e.Sets, v.setting.key)
	}
	return e
}

// leavesDir reports whether an absolute dependency pattern of a file in dir
// may be about anything but what is below dir: by "..", or by a symlink among
// the directories that it names. An exclusion takes away from what others
// declare, so it counts too.
func leavesDir(w *fingerprint.World, dir, pattern string) bool {
	rest, ok := strings.CutPrefix(pattern, absoluteDep(dir, ""))
	if !ok {
		return true
	}
	rest = filepath.ToSlash(rest)
	names := strings.FieldsFunc(strings.ReplaceAll(rest, `\`, ""), func(r rune) bool { return strings.ContainsRune("/{},", r) })
	if slices.Contains(names, "..") {
		return true
	}
	path := dir
	for name := range strings.SplitSeq(rest, "/") {
		if fingerprint.HasMeta(name) {
			// No wildcard matches "..", but a name that looks like one is itself.
			st, err := w.Lstat(filepath.Join(path, strings.ReplaceAll(name, `\`, "")))
			return err == nil && st.Type() == fingerprint.TypeSymlink
		}
		path = filepath.Join(path, strings.ReplaceAll(name, `\`, ""))
		st, err := w.Lstat(path)
		if err != nil {
			return false // nothing there to lead anywhere
		}
		if st.Type() == fingerprint.TypeSymlink {
			return true
		}
	}
	return false
}

// holdTo returns an [UntrustedError] if a lifetime of c is longer than that
// of the configuration without the project file. Dependencies that only the
// file declares must not lift the default lifetime.
func (c *config) holdTo(without *config, f *file) error {
	if !c.TTL.Given() && c.hasDeps() && !without.hasDeps() {
		c.TTL = expiry.For(c.DefaultTTL)
		c.values["ttl"] = value{
			setting: find(settings(), func(s *setting) bool { return s.key == "ttl" }),
			items:   []item{{text: c.TTL.String(), typed: c.TTL, origin: "default_ttl, as " + f.path + " is not trusted"}},
		}
	}
	for _, l := range []struct {
		key         string
		with, limit expiry.Expiry
	}{
		{"default_ttl", expiry.For(c.DefaultTTL), expiry.For(without.DefaultTTL)},
		{"ttl", c.lifetime(), without.lifetime()},
		{"swr", expiry.For(c.SWR), expiry.For(without.SWR)},
		{"stale_if_error", expiry.For(c.StaleIfError), expiry.For(without.StaleIfError)},
		{"negative_ttl", expiry.For(c.NegativeTTL), expiry.For(without.NegativeTTL)},
	} {
		if said := c.values[l.key].items; len(said) > 0 && !l.with.Within(l.limit) {
			return untrusted(f, l.key, said[0].line, "is longer than without the file")
		}
	}
	return nil
}

// lifetime is how long results are fresh.
func (c *config) lifetime() expiry.Expiry {
	p := memo.Policy{TTL: c.TTL, DefaultTTL: c.DefaultTTL}
	return p.Lifetime(c.hasDeps())
}
