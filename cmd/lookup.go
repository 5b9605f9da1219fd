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

// exitDamaged is the exit code of a command that found damage.
const exitDamaged = 1

// openToShow returns the effective configuration and the store for a command
// that only reads. It creates nothing, and warns about a configuration that may
// not be used (see [config.IsTolerable]). flags may be nil, or hold the flags
// of `memo run` that identify a call of argv.
func (a *app) openToShow(flags *pflag.FlagSet, argv []string) (*config.Config, *store.Store, error) {
	return a.openUnless(config.IsTolerable, flags, argv)
}

// openToChange is openToShow for a command that changes the store. It must not
// change the wrong results, so an unusable configuration is an error if it may
// set the location of the store, the identity of the call, or a setting for
// which also returns true. also may be nil.
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
			usage.hint = "name the store with --cache-dir DIR"
		}
		return nil, nil, usage
	}
	return cfg, s, err
}

// openUnless is openToShow, but warning decides which errors are only warnings.
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

// isExact reports whether flags of `memo run` that are part of the key are set,
// so that they identify one call.
func (a *app) isExact(flags *pflag.FlagSet) bool {
	exact := false
	flags.VisitAll(func(f *pflag.Flag) { exact = exact || f.Changed && a.partOf(f.Name) == config.KeyPart })
	return exact
}

// partOf returns the part that a flag of `memo run` has in the command key.
func (a *app) partOf(flag string) config.Part {
	if set := a.settings.ByFlag(flag); set != nil {
		return set.Part
	}
	return config.NoPart
}

// identify returns the identity that `memo run` would look up with the settings
// of cfg. It reads stdin if --stdin is set.
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

// selectCalls returns a selector for all results of a command in this
// directory, whatever their flags.
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

// resolveKey returns the one key that has results and begins with prefix. If
// there is none, the error has exit code 75.
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

// checkPrefix checks an abbreviated key and returns it in lower case. command
// is for the hint.
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

// candidates lists the first few keys, abbreviated, with their commands.
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

// shortKey is the minimum length of an abbreviated key. Keys of one command
// share 16 digits and need more.
const shortKey = 8

// abbreviate returns the shortest unique prefix of each key, at least shortKey
// digits. The keys must be sorted and may contain duplicates.
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

// isGone reports whether err says that a file does not exist.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// count returns a number with the singular or plural of a word.
func count(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
