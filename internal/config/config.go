// Package config loads the settings of a call and their origins.
//
// [Load] reads four sources, in descending order of precedence: the flags, the
// environment, the project file and the user file. Defaults come last. Every
// value keeps its origin, so that an error and `memo config show` can name it.
// Any source may be wrong. An error in the flags is an error of the call. After
// an error in another source, there is still a configuration with which the
// command can run (see [IsTolerable]). A project file comes with the project,
// and until the user trusts it, it may only cause more runs.
package config

import (
	"fmt"
	"slices"

	"github.com/spf13/viper"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A Config is the effective configuration of one call. [Settings] says which
// setting goes into which field.
type Config struct {
	Policy  memo.Policy
	Command memo.Command // without Argv
	Bounds  store.Bounds // of the whole store
	// Scopes are the bounds of single scopes.
	Scopes []ScopeBound
	// Elsewhere summarizes the rules and scopes of the files.
	Elsewhere Elsewhere

	Key      string   // template of the command key
	KeyEnv   []string // variables that belong to every key
	Stdin    bool     // the command reads stdin
	CacheDir string
	OnEvent  string
	Report   string
	Verbose  bool
	Quiet    bool

	table Table
	// values are the settings with their texts and origins, by name.
	values map[string]value
}

// Lifetime returns how long results are fresh.
func (c *Config) Lifetime() expiry.Expiry { return c.Policy.Lifetime(c.Command.HasDeps()) }

// IsSet reports whether any source sets a setting.
func (c *Config) IsSet(name string) bool {
	v, ok := c.values[name]
	return ok && !v.isBuiltIn()
}

// IsRecallable reports whether all settings allow a recall record.
func (c *Config) IsRecallable() bool {
	for _, v := range c.values {
		switch s := v.setting; {
		case v.isDefault() || s.Recall == Recalled:
		case s.Recall == RecalledByVariable && v.items[0].origin == s.Variable():
		default:
			return false
		}
	}
	return true
}

// Blame returns an error about the value of a setting. It names the origin of
// the value.
func (c *Config) Blame(name string, err error) error {
	return blame(c.values[name].items[0].origin, err)
}

// Load returns the effective configuration for a command; a nil argv matches no
// rule. The sources are, in ascending order of precedence, the defaults, the
// user file, the project file, the environment and the flags. Within a file
// they are its top level, the scope that applies, and the rules that match.
//
// With a [SourceError], which says that a file or the environment is wrong, the
// configuration is made of the flags and the valid variables. With an
// [UntrustedError], it leaves out the project file. With any other error, which
// is about the flags, it is nil.
func Load(src *Sources, argv []string) (*Config, error) {
	t := src.Table
	base, err := t.defaultLayer()
	if err != nil {
		return nil, err
	}
	given, err := t.flagLayer(src.Flags, src.World)
	if err != nil {
		return nil, err
	}
	if err := given.expandHome(src); err != nil {
		return nil, err
	}
	environ, err := t.environLayer(src.World)
	if err == nil {
		err = environ.expandHome(src)
	}
	var user, project *file
	if err == nil {
		user, err = src.userFile()
	}
	if err == nil {
		project, err = src.projectFile()
	}
	if err == nil {
		var cfg *Config
		if cfg, err = combine(src, argv, base, user, project, environ, given); cfg != nil {
			return cfg, err
		}
	}
	if !IsTolerable(err) {
		return nil, err
	}
	plain, derr := t.decode(merge(base, environ, given))
	if derr != nil {
		return nil, derr
	}
	return plain, err
}

// combine decodes the layers of all sources, enforces the limits on an
// untrusted project file, and checks the whole configuration. With any error
// but an [UntrustedError] the configuration is nil.
func combine(src *Sources, argv []string, base layer, user, project *file, environ, given layer) (*Config, error) {
	with := func(project *file) (*Config, error) {
		all := func(scope string) map[string]value {
			layers := []layer{base}
			layers = append(layers, user.layers(argv, scope)...)
			layers = append(layers, project.layers(argv, scope)...)
			return merge(append(layers, environ, given)...)
		}
		values := all("")
		if scope := values["scope"]; len(scope.items) > 0 && scope.items[0].text != "" {
			values = all(scope.items[0].text)
		}
		return src.Table.decode(values)
	}
	cfg, err := with(project)
	if err != nil {
		return nil, err
	}
	if project != nil && !IsTrusted(src.World, project.path, project.content) {
		without, err := with(nil)
		if err != nil {
			return nil, err
		}
		err = checkUntrusted(src.World, project)
		if err == nil {
			err = cfg.holdTo(without, project)
		}
		if err != nil {
			without.Scopes, without.Elsewhere = scopeBounds(without.Bounds.Policy, user, nil), elsewhere(user, nil)
			if err := without.checkDeps(); err != nil {
				return nil, err
			}
			return without, err
		}
		cfg.Command.Doubtful = cfg.doubtful(project)
	}
	cfg.Scopes, cfg.Elsewhere = scopeBounds(cfg.Bounds.Policy, user, project), elsewhere(user, project)
	if err := cfg.checkDeps(); err != nil {
		return nil, err
	}
	return cfg, nil
}

// merge returns the values of all layers. Later layers take precedence.
func merge(layers ...layer) map[string]value {
	values := map[string]value{}
	for _, l := range layers {
		for _, v := range l {
			if v.setting.List && !v.setting.Replaces {
				v.items = slices.Concat(values[v.setting.Name].items, v.items)
			}
			values[v.setting.Name] = v
		}
	}
	return values
}

// decode returns the configuration with the values.
func (t Table) decode(values map[string]value) (*Config, error) {
	cfg := &Config{table: t, values: values}
	given := map[string]any{}
	for _, v := range values {
		switch {
		case !v.isBuiltIn():
			given[v.setting.Name] = v.typed()
		case len(v.items) > 0:
			v.assign(cfg)
		}
	}
	if len(given) == 0 {
		return cfg, nil
	}
	v := viper.New()
	if err := v.MergeConfigMap(given); err != nil {
		return nil, fmt.Errorf("merge the configuration: %w", err)
	}
	// One by one, because decoding them together takes as long as starting a
	// process.
	for name := range given {
		if err := v.UnmarshalKey(name, values[name].setting.Field(cfg)); err != nil {
			return nil, fmt.Errorf("decode the configuration: %q: %w", name, err)
		}
	}
	return cfg, nil
}

// checkDeps returns an error if the dependencies of all sources together are
// invalid, because all of them are exclusions.
func (c *Config) checkDeps() error {
	_, err := fingerprint.ParseDependencies(c.Command.Deps)
	if err != nil && len(c.values["dep"].items) > 0 {
		return c.Blame("dep", err)
	}
	return err
}
