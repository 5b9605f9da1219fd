package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A project file comes with the project, not from the user. Until the user
// trusts its exact content, it may at worst make memo run a command more often.
// The idea is from direnv. Trust is recorded as an empty file in the state
// directory, named after a digest of the project file's path and content.

// trustPath returns the path of the file that records trust in a project file.
func trustPath(w *fingerprint.World, path string, content []byte) (string, error) {
	dir, _ := w.LookupEnv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := Home(w)
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

// IsTrusted reports whether the user trusts a project file. A file of another
// user is never trusted, because that user could change it at any time.
func IsTrusted(w *fingerprint.World, path string, content []byte) bool {
	name, err := trustPath(w, path, content)
	if err != nil {
		return false
	}
	st, err := w.Lstat(name)
	return err == nil && st.Type() == fingerprint.TypeFile && !isForeign(path)
}

// Trust records trust in a project file. The error says why the file is invalid
// or trust can't be recorded.
func (src *Sources) Trust(path string, content []byte) error {
	// Trust in an invalid file would be of no use.
	if _, err := parseFile(src.Table, "project file", path, content); err != nil {
		return err
	}
	name, err := trustPath(src.World, path, content)
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
	store.Mend(name) // the umask may have cleared bits of its mode
	return nil
}

// A Grant is one thing that a trusted project file sets.
type Grant struct {
	// Where is the scope or rule, or "" for the top level.
	Where string
	Key   string
	Texts []string
	// Was is the value that applies without the file; "" if there is none, or
	// if the file adds to a list.
	Was string
}

// Grants returns the settings of a project file.
func (src *Sources) Grants(path string, content []byte) ([]Grant, error) {
	f, err := parseFile(src.Table, "project file", path, content)
	if err != nil {
		return nil, err
	}
	base, err := src.Table.defaultLayer()
	if err != nil {
		return nil, err
	}
	environ, _ := src.Table.environLayer(src.World) // invalid variables don't count
	user, _ := src.userFile()
	now := merge(append(append([]layer{base}, user.layers(nil, "")...), environ)...)
	var grants []Grant
	add := func(where string, values layer) {
		for _, v := range values {
			g := Grant{Where: where, Key: v.setting.Name}
			for _, it := range v.items {
				g.Texts = append(g.Texts, it.text)
			}
			was, ok := now[g.Key]
			if g.Key == "ttl" && !ok {
				was, ok = now["default_ttl"]
			}
			if ok && !v.setting.List && len(was.items) > 0 {
				g.Was = was.items[0].text
			}
			grants = append(grants, g)
		}
	}
	add("", f.top)
	for _, s := range f.scopes {
		add(fmt.Sprintf("scope %q", s.name), s.values)
	}
	for _, r := range f.rules {
		add(fmt.Sprintf("rule %q", strings.Join(r.words, " ")), r.values)
	}
	return grants, nil
}

// RevokeTrust removes the record of trust in a project file. It reports whether
// the file was trusted.
func RevokeTrust(w *fingerprint.World, path string, content []byte) (bool, error) {
	name, err := trustPath(w, path, content)
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

// checkUntrusted returns an [UntrustedError] if a project file has a setting
// that needs trust. It does not check lifetimes; see [Config.holdTo].
func checkUntrusted(w *fingerprint.World, f *file) error {
	for _, v := range f.values() {
		if v.setting.Trust == NeedsTrust {
			return untrusted(f, v.setting.Name, v.line, "needs trust")
		}
		for _, it := range v.items {
			if v.setting.Trust == Below && leavesDir(w, filepath.Dir(f.path), it.text) {
				return untrusted(f, v.setting.Name, it.line, "that excludes or leads elsewhere needs trust")
			}
		}
	}
	return nil
}

func untrusted(f *file, key string, line int, why string) error {
	e := &UntrustedError{File: f.path, Line: line, Key: key, Why: why}
	for _, v := range f.values() {
		e.Sets = append(e.Sets, v.setting)
	}
	return e
}

// leavesDir reports whether an absolute dependency pattern of a file in dir may
// leave dir, through ".." or through a symlink in its path. An exclusion counts
// as leaving dir, because it could exclude dependencies of other sources.
func leavesDir(w *fingerprint.World, dir, pattern string) bool {
	rest, ok := strings.CutPrefix(pattern, absoluteDep(dir, ""))
	if !ok {
		return true
	}
	rest, _ = fingerprint.CutCounts(filepath.ToSlash(rest))
	names := strings.FieldsFunc(strings.ReplaceAll(rest, `\`, ""), func(r rune) bool { return strings.ContainsRune("/{},", r) })
	if slices.Contains(names, "..") {
		return true
	}
	path := dir
	for name := range strings.SplitSeq(rest, "/") {
		if fingerprint.HasMeta(name) {
			// No wildcard matches "..", but a file may have this very name.
			st, err := w.Lstat(filepath.Join(path, strings.ReplaceAll(name, `\`, "")))
			return err == nil && st.Type() == fingerprint.TypeSymlink
		}
		path = filepath.Join(path, strings.ReplaceAll(name, `\`, ""))
		st, err := w.Lstat(path)
		if err != nil {
			return false // a missing file leads nowhere
		}
		if st.Type() == fingerprint.TypeSymlink {
			return true
		}
	}
	return false
}

// doubtful returns the dependencies that only an untrusted project file
// declares.
func (c *Config) doubtful(f *file) []memo.Doubt {
	ofFile := "project file " + f.path + ":"
	others := map[string]bool{}
	items := c.values["dep"].items
	for _, it := range items {
		if !strings.HasPrefix(it.origin, ofFile) {
			others[it.text] = true
		}
	}
	var list []memo.Doubt
	for _, it := range items {
		if !others[it.text] {
			list = append(list, memo.Doubt{
				Dep:    it.text,
				Source: fmt.Sprintf("%s:%d", f.path, it.line),
				Shown:  strings.TrimPrefix(it.text, absoluteDep(filepath.Dir(f.path), "")),
			})
		}
	}
	return list
}

// holdTo returns an [UntrustedError] if a lifetime of c is longer than in the
// configuration without the project file. If only the file declares
// dependencies, holdTo sets the TTL to the default, which dependencies would
// otherwise lift.
func (c *Config) holdTo(without *Config, f *file) error {
	if !c.Policy.TTL.Given() && c.Command.HasDeps() && !without.Command.HasDeps() {
		c.Policy.TTL = expiry.For(c.Policy.DefaultTTL)
		c.values["ttl"] = value{
			setting: c.table.ByKey("ttl"),
			items:   []item{{text: c.Policy.TTL.String(), typed: c.Policy.TTL, origin: "default_ttl, as " + f.path + " is not trusted"}},
		}
	}
	for i := range c.table {
		s := &c.table[i]
		if s.Trust != Shortens {
			continue
		}
		if said := c.values[s.Name].items; len(said) > 0 && !c.span(s).Within(without.span(s)) {
			return untrusted(f, s.Name, said[0].line, "is longer than without the file")
		}
	}
	return nil
}

// span returns the lifetime that results from a setting.
func (c *Config) span(s *Setting) expiry.Expiry {
	if d, ok := s.Field(c).(*time.Duration); ok {
		return expiry.For(*d)
	}
	return c.Lifetime()
}
