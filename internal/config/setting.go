package config

import (
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A setting is one thing that can be configured. Every setting has a variable
// in the environment; see [setting.variable].
type setting struct {
	key  string // in files, and the field of config
	flag string // of `memo run` or global, empty if there is none
	kind Kind
	// list says that the value is a list of texts. Lists from all sources add
	// up, unless the nearest one replaces the others.
	list, replaces bool
	place          place
	trust          trustRule
	byDefault      []string // texts, none but for lists if it is not set
}

// A place says where in files a setting may stand. What decides how the
// command is started has none: if a file is damaged, the command must still be
// run as it always is.
type place uint8

const (
	nowhere  place = iota
	topLevel       // not in rules and scopes
	perScope       // in scopes too, where it is about the results of the scope
	anywhere
)

// A trustRule says what a setting may do in a project file that is not
// trusted.
type trustRule uint8

const (
	needsTrust trustRule = iota
	harmless             // it can only cause more runs
	shortens             // a lifetime: no longer than without the file
	below                // a dependency: below the file's directory
)

// settings returns all settings, in the order in which they are shown.
func settings() []setting {
	return []setting{
		{key: "ttl", flag: "ttl", kind: ExpiryKind, place: anywhere, trust: shortens},
		{key: "default_ttl", kind: DurationKind, place: topLevel, trust: shortens, byDefault: []string{"5m"}},
		{key: "swr", flag: "swr", kind: DurationKind, place: anywhere, trust: shortens, byDefault: []string{"0s"}},
		{key: "negative_ttl", flag: "negative-ttl", kind: DurationKind, place: anywhere, trust: shortens, byDefault: []string{"0s"}},
		{key: "stale_if_error", flag: "stale-if-error", kind: DurationKind, place: anywhere, trust: shortens, byDefault: []string{"0s"}},
		{key: "expires_from", flag: "expires-from", kind: QueryKind, place: anywhere},
		{key: "ttl_cmd", flag: "ttl-cmd", kind: TextKind, place: anywhere},
		{key: "cache_exit", flag: "cache-exit", kind: CodesKind, place: anywhere, byDefault: []string{"0"}},
		{key: "dep", flag: "dep", kind: DepKind, list: true, place: anywhere, trust: below},
		{key: "env", flag: "env", kind: EnvKind, list: true, place: anywhere, trust: harmless},
		{key: "tags", flag: "tag", kind: NameKind, list: true, place: anywhere, trust: harmless},
		{key: "key_env", kind: EnvKind, list: true, replaces: true, place: topLevel, byDefault: fingerprint.DefaultKeyEnv()},
		{key: "version_cmd", flag: "version-cmd", kind: TextKind, place: anywhere},
		{key: "key", flag: "key", kind: NameKind, place: anywhere},
		{key: "version_ttl", flag: "version-ttl", kind: DurationKind, place: anywhere, byDefault: []string{"0s"}},
		{key: "scope", flag: "scope", kind: TextKind, place: anywhere},
		{key: "any_cwd", flag: "any-cwd", kind: BoolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "no_program", flag: "no-program", kind: BoolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "retry", flag: "retry", kind: NumberKind, place: anywhere, byDefault: []string{"0"}},
		{key: "retry_backoff", flag: "retry-backoff", kind: DurationKind, place: anywhere, byDefault: []string{"1s"}},
		{key: "timeout", flag: "timeout", kind: DurationKind, place: anywhere, byDefault: []string{"0s"}},
		{key: "max_wait", flag: "max-wait", kind: DurationKind, place: anywhere, byDefault: []string{"0s"}},
		{key: "fallback", flag: "fallback", kind: TextKind},
		{key: "max_output", flag: "max-output", kind: SizeKind, place: anywhere, byDefault: []string{"256MiB"}},
		{key: "max_size", kind: SizeKind, place: perScope, byDefault: []string{"1GiB"}},
		{key: "max_results", kind: CountKind, place: perScope, byDefault: []string{"100000"}},
		{key: "eviction", kind: EvictionKind, place: perScope, byDefault: store.Policies()[:1]},
		{key: "on_event", flag: "on-event", kind: TextKind, place: topLevel},
		{key: "cache_dir", flag: "cache-dir", kind: TextKind, place: topLevel},
		{key: "verbose", flag: "verbose", kind: BoolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "quiet", flag: "quiet", kind: BoolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "shell", flag: "shell", kind: BoolKind, byDefault: []string{"false"}},
		{key: "stdin", flag: "stdin", kind: BoolKind, byDefault: []string{"false"}},
		{key: "force", flag: "force", kind: BoolKind, byDefault: []string{"false"}},
		{key: "warm", flag: "warm", kind: BoolKind, byDefault: []string{"false"}},
		{key: "only_cached", flag: "only-cached", kind: BoolKind, byDefault: []string{"false"}},
		{key: "report", flag: "report", kind: TextKind},
	}
}

// variable returns the name of the setting's environment variable: that of the
// flag, if it has one.
func (s *setting) variable() string {
	name := s.flag
	if name == "" {
		name = s.key
	}
	return "MEMO_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// find returns the setting for which ok is true, or nil.
func find(all []setting, ok func(*setting) bool) *setting {
	if i := slices.IndexFunc(all, func(s setting) bool { return ok(&s) }); i >= 0 {
		return &all[i]
	}
	return nil
}

// A value is what one source says about a setting.
type value struct {
	setting *setting
	items   []item // one, unless it is a list
	line    int    // in a file
}

// An item is one text, the typed value of it, and where it stands.
type item struct {
	text   string
	typed  any
	origin string
	line   int // in a file
}

// newValue parses the texts of a value.
func newValue(s *setting, origin string, texts ...string) (value, error) {
	v := value{setting: s}
	for _, text := range texts {
		typed, err := s.kind.parse(text)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item{text: text, typed: typed, origin: origin})
	}
	return v, nil
}

// isBuiltIn reports whether nobody has said anything about the setting.
func (v *value) isBuiltIn() bool {
	if len(v.items) == 0 {
		return v.setting.byDefault == nil
	}
	return !slices.ContainsFunc(v.items, func(it item) bool { return it.origin != originDefault })
}

// typed returns the value for the field of config.
func (v *value) typed() any {
	if !v.setting.list {
		return v.items[0].typed
	}
	texts := make([]string, len(v.items))
	for i := range v.items {
		texts[i] = v.items[i].text
	}
	return texts
}
