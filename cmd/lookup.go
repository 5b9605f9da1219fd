package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// exitDamaged is the exit code of a command that found something wrong.
const exitDamaged = 1

// openToShow returns the effective configuration and the store for a command
// that shows what is there; nothing is created. A configuration that may not be
// used (see [config.IsTolerable]) is a warning on stderr. flags may be nil, or
// hold those of `memo run`, which say which call of argv is meant.
func (a *app) openToShow(flags *pflag.FlagSet, argv []string) (*config.Config, *store.Store, error) {
	return a.openUnless(config.IsTolerable, flags, argv)
}

// openToChange is openToShow for a command that changes what is there. It must
// not change something else than was meant, so a configuration that can't be used
// is an error if it may set where the store is, which call is meant, or a setting
// for which also is true (nil: none).
func (a *app) openToChange(flags *pflag.FlagSet, argv []string, also func(*config.Setting) bool) (*config.Config, *store.Store, error) {
	dir, _ := a.world.LookupEnv("MEMO_CACHE_DIR")
	decides := func(set *config.Setting) bool {
		switch {
		case set.Name == "cache_dir":
			return a.cacheDir == "" && dir == ""
		case set.Part == config.GroupPart:
			return len(argv) > 0
		case set.Part == config.KeyPart:
			return len(argv) > 0 && a.isExact(flags)
		}
		return also != nil && also(set)
	}
	deciding := 0
	for i := range a.settings {
		if decides(&a.settings[i]) {
			deciding++
		}
	}
	cfg, s, err := a.openUnless(func(err error) bool {
		if untrusted, ok := errors.AsType[*config.UntrustedError](err); ok {
			return !slices.ContainsFunc(untrusted.Sets, decides)
		}
		return deciding == 0 && config.IsTolerable(err)
	}, flags, argv)
	if err != nil && config.IsTolerable(err) {
		usage := &usageError{text: err.Error() + "; nothing was changed"}
		if deciding == 1 {
			usage.hint = "say which store is meant with --cache-dir DIR"
		}
		return nil, nil, usage
	}
	return cfg, s, err
}

// openUnless is openToShow; warning says which errors are only warned about.
func (a *app) openUnless(warning func(error) bool, flags *pflag.FlagSet, argv []string) (*config.Config, *store.Store, error) {
	cfg, err := a.load(flags, argv)
	if err != nil {
		if !warning(err) {
			return nil, nil, err
		}
		a.warn(err.Error())
	}
	s, err := a.openStore(cfg.CacheDir)
	return cfg, s, err
}

// isExact reports whether flags of `memo run` say more of a command's key than
// its words, and so which call is meant.
func (a *app) isExact(flags *pflag.FlagSet) bool {
	exact := false
	flags.VisitAll(func(f *pflag.Flag) { exact = exact || f.Changed && a.partOf(f.Name) == config.KeyPart })
	return exact
}

// partOf returns which part of the command key a flag of `memo run` is.
func (a *app) partOf(flag string) config.Part {
	if set := a.settings.ByFlag(flag); set != nil {
		return set.Part
	}
	return config.NoPart
}

// identify returns what makes a command the one that `memo run` would look up
// with the settings of cfg. It reads stdin if that is one of them.
func (a *app) identify(cfg *config.Config, s *store.Store, argv []string) (fingerprint.Identity, error) {
	if a.dirErr != nil {
		return fingerprint.Identity{}, a.dirErr
	}
	command, err := a.command(cfg, argv)
	if err != nil {
		return fingerprint.Identity{}, err
	}
	runner := memo.Runner{Store: s, World: a.world, Environ: a.environ, KeyEnv: cfg.KeyEnv}
	return runner.Identify(command)
}

// selectCalls returns what selects all results of a command in this directory,
// with whatever flags they were made.
func (a *app) selectCalls(cfg *config.Config, argv []string) (store.Selector, error) {
	if a.dirErr != nil {
		return store.Selector{}, a.dirErr
	}
	command, err := a.command(cfg, argv)
	if err != nil {
		return store.Selector{}, err
	}
	ids := []fingerprint.Identity{{Argv: argv}}
	if command.HasTemplate {
		ids = append(ids, fingerprint.Identity{Template: command.Template, HasTemplate: true})
	}
	sel := store.Selector{Calls: []store.Call{{Scope: cfg.Command.Scope, Argv: argv, Dir: a.world.Dir}}}
	for _, id := range ids {
		id.Scope = cfg.Command.Scope
		id.AnyDir = true
		anywhere := id.Group()
		id.AnyDir, id.Dir = false, a.world.Dir
		sel.Groups = append(sel.Groups, id.Group(), anywhere)
	}
	return sel, nil
}

// resolveKey returns the one key that has results and begins with prefix. With
// none the error's exit code is 75.
func resolveKey(s *store.Store, prefix string) (fingerprint.Key, error) {
	prefix, err := checkPrefix("show", prefix)
	if err != nil {
		return fingerprint.Key{}, err
	}
	keys, err := s.Resolve(prefix)
	switch {
	case err != nil:
		return fingerprint.Key{}, err
	case len(keys) == 0:
		return fingerprint.Key{}, &exitError{code: memo.ExitNothingCached, text: fmt.Sprintf("no result has a key that begins with %s", prefix)}
	case len(keys) == 1:
		return keys[0], nil
	}
	return fingerprint.Key{}, &usageError{
		text: fmt.Sprintf("key %s is ambiguous: %s", prefix, candidates(s, keys)),
		hint: "type more of it, as `memo list` shows it",
	}
}

// checkPrefix checks the abbreviation of a key, given to a command, and returns
// it in lower case.
func checkPrefix(command, prefix string) (string, error) {
	lower := strings.ToLower(prefix)
	if len(lower) < 4 || len(lower) > 64 || strings.Trim(lower, "0123456789abcdef") != "" {
		return "", &usageError{
			text: fmt.Sprintf("%q is no key: want at least 4 hexadecimal digits", prefix),
			hint: "`memo list` shows the keys; for a command: memo " + command + " -- " + quoteWord(prefix),
		}
	}
	return lower, nil
}

// candidates names the first few keys, each abbreviated as far as it can be,
// with the command.
func candidates(s *store.Store, keys []fingerprint.Key) string {
	const most = 8
	short := abbreviate(keys)
	var names []string
	for i, key := range keys {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(keys)-most))
			break
		}
		name := short[key]
		if res, err := newest(s, key); err == nil {
			name += " (" + quoteCommand(res.Argv) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// newest returns the newest result of a key.
func newest(s *store.Store, key fingerprint.Key) (*store.Result, error) {
	refs, err := s.Variants(key)
	if err == nil && len(refs) == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	r, err := s.Open(refs[0])
	if err != nil {
		return nil, err
	}
	return r.Result, r.Close()
}

// shortKey is the least length of an abbreviated key. Keys of one command
// share 16 digits and need more.
const shortKey = 8

// abbreviate returns for each key as many digits as tell it from the others.
// The keys must be sorted; equal ones may follow each other.
func abbreviate(keys []fingerprint.Key) map[fingerprint.Key]string {
	short := make(map[fingerprint.Key]string, len(keys))
	for i, key := range keys {
		n := max(shortKey, len(short[key]))
		for _, j := range []int{i - 1, i + 1} {
			if j >= 0 && j < len(keys) && keys[j] != key {
				n = max(n, commonDigits(key, keys[j])+1)
			}
		}
		short[key] = key.String()[:n]
	}
	return short
}

// commonDigits returns how many leading hexadecimal digits two keys share.
func commonDigits(a, b fingerprint.Key) int {
	for i := range a {
		if a[i] != b[i] {
			if a[i]>>4 == b[i]>>4 {
				return 2*i + 1
			}
			return 2 * i
		}
	}
	return 2 * len(a)
}

// isGone reports whether err says that something is not there.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// count returns a number with the right form of a word.
func count(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
