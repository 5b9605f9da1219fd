package cmd

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
	kind kind
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
		{key: "ttl", flag: "ttl", kind: expiryKind, place: anywhere, trust: shortens},
		{key: "default_ttl", kind: durationKind, place: topLevel, trust: shortens, byDefault: []string{"5m"}},
		{key: "swr", flag: "swr", kind: durationKind, place: anywhere, trust: shortens, byDefault: []string{"0s"}},
		{key: "negative_ttl", flag: "negative-ttl", kind: durationKind, place: anywhere, trust: shortens, byDefault: []string{"0s"}},
		{key: "stale_if_error", flag: "stale-if-error", kind: durationKind, place: anywhere, trust: shortens, byDefault: []string{"0s"}},
		{key: "expires_from", flag: "expires-from", kind: queryKind, place: anywhere},
		{key: "ttl_cmd", flag: "ttl-cmd", kind: textKind, place: anywhere},
		{key: "cache_exit", flag: "cache-exit", kind: codesKind, place: anywhere, byDefault: []string{"0"}},
		{key: "dep", flag: "dep", kind: depKind, list: true, place: anywhere, trust: below},
		{key: "env", flag: "env", kind: envKind, list: true, place: anywhere, trust: harmless},
		{key: "tags", flag: "tag", kind: nameKind, list: true, place: anywhere, trust: harmless},
		{key: "key_env", kind: envKind, list: true, replaces: true, place: topLevel, byDefault: fingerprint.DefaultKeyEnv()},
		{key: "version_cmd", flag: "version-cmd", kind: textKind, place: anywhere},
		{key: "key", flag: "key", kind: nameKind, place: anywhere},
		{key: "version_ttl", flag: "version-ttl", kind: durationKind, place: anywhere, byDefault: []string{"0s"}},
		{key: "scope", flag: "scope", kind: textKind, place: anywhere},
		{key: "any_cwd", flag: "any-cwd", kind: boolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "no_program", flag: "no-program", kind: boolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "retry", flag: "retry", kind: numberKind, place: anywhere, byDefault: []string{"0"}},
		{key: "retry_backoff", flag: "retry-backoff", kind: durationKind, place: anywhere, byDefault: []string{"1s"}},
		{key: "timeout", flag: "timeout", kind: durationKind, place: anywhere, byDefault: []string{"0s"}},
		{key: "max_wait", flag: "max-wait", kind: durationKind, place: anywhere, byDefault: []string{"0s"}},
		{key: "fallback", flag: "fallback", kind: textKind},
		{key: "max_output", flag: "max-output", kind: sizeKind, place: anywhere, byDefault: []string{"256MiB"}},
		{key: "max_size", kind: sizeKind, place: perScope, byDefault: []string{"1GiB"}},
		{key: "max_results", kind: countKind, place: perScope, byDefault: []string{"100000"}},
		{key: "eviction", kind: evictionKind, place: perScope, byDefault: store.Policies()[:1]},
		{key: "on_event", flag: "on-event", kind: textKind, place: topLevel},
		{key: "cache_dir", flag: "cache-dir", kind: textKind, place: topLevel},
		{key: "verbose", flag: "verbose", kind: boolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "quiet", flag: "quiet", kind: boolKind, place: anywhere, byDefault: []string{"false"}},
		{key: "shell", flag: "shell", kind: boolKind, byDefault: []string{"false"}},
		{key: "stdin", flag: "stdin", kind: boolKind, byDefault: []string{"false"}},
		{key: "force", flag: "force", kind: boolKind, byDefault: []string{"false"}},
		{key: "warm", flag: "warm", kind: boolKind, byDefault: []string{"false"}},
		{key: "only_cached", flag: "only-cached", kind: boolKind, byDefault: []string{"false"}},
		{key: "report", flag: "report", kind: textKind},
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
