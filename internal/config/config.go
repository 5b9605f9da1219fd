// Package config is what is set, and who said so.
//
// [Load] asks four sources: flags before the environment before the project's
// file before the user's file, and the defaults last. Every value keeps its
// origin, so that an error and `memo config show` can name it. No source is
// trusted to be right: trouble with the flags is an error, trouble with any
// other leaves a configuration with which the command can still be run (see
// [IsTolerable]). A project's file comes with the project, and until the user
// trusts it it may only cause more runs.
package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/spf13/viper"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A Config is the effective configuration of one call. Its exported fields are
// the settings; see [settings] for what they mean and who may set them.
type Config struct {
	TTL          expiry.Expiry `mapstructure:"ttl"`
	DefaultTTL   time.Duration `mapstructure:"default_ttl"`
	SWR          time.Duration `mapstructure:"swr"`
	NegativeTTL  time.Duration `mapstructure:"negative_ttl"`
	StaleIfError time.Duration `mapstructure:"stale_if_error"`
	ExpiresFrom  expiry.Query  `mapstructure:"expires_from"`
	TTLCmd       string        `mapstructure:"ttl_cmd"`
	CacheExit    []int         `mapstructure:"cache_exit"`
	Dep          []string      `mapstructure:"dep"`
	Env          []string      `mapstructure:"env"`
	Tags         []string      `mapstructure:"tags"`
	KeyEnv       []string      `mapstructure:"key_env"`
	VersionCmd   string        `mapstructure:"version_cmd"`
	VersionTTL   time.Duration `mapstructure:"version_ttl"`
	Key          string        `mapstructure:"key"`
	Scope        string        `mapstructure:"scope"`
	AnyCwd       bool          `mapstructure:"any_cwd"`
	NoProgram    bool          `mapstructure:"no_program"`
	Retry        int           `mapstructure:"retry"`
	RetryBackoff time.Duration `mapstructure:"retry_backoff"`
	Timeout      time.Duration `mapstructure:"timeout"`
	MaxWait      time.Duration `mapstructure:"max_wait"`
	Fallback     string        `mapstructure:"fallback"`
	MaxOutput    int64         `mapstructure:"max_output"`
	MaxSize      int64         `mapstructure:"max_size"`
	MaxResults   int64         `mapstructure:"max_results"`
	Eviction     string        `mapstructure:"eviction"`
	OnEvent      string        `mapstructure:"on_event"`
	CacheDir     string        `mapstructure:"cache_dir"`
	Verbose      bool          `mapstructure:"verbose"`
	Quiet        bool          `mapstructure:"quiet"`
	Shell        bool          `mapstructure:"shell"`
	Stdin        bool          `mapstructure:"stdin"`
	Force        bool          `mapstructure:"force"`
	Warm         bool          `mapstructure:"warm"`
	OnlyCached   bool          `mapstructure:"only_cached"`
	Report       string        `mapstructure:"report"`

	// values are the settings with their texts and origins, by key.
	values map[string]value
	// Scopes are the bounds of single scopes.
	Scopes []ScopeBound
}

// A layer is what one source, or one rule of a file, says.
type layer []value

// HasDeps reports whether something is declared that ends results.
func (c *Config) HasDeps() bool { return len(c.Dep) > 0 || c.VersionCmd != "" }

// Bounds are what the store is kept within.
func (c *Config) Bounds() store.Bounds {
	return store.Bounds{MaxSize: c.MaxSize, MaxResults: c.MaxResults, Policy: c.Eviction}
}

// Load returns the effective configuration for a command (nil: for none)
// from all of its sources. In ascending order: defaults, the user
// file, the project file, the environment, flags; in a file its top level, the
// scope that applies, the rules that match.
//
// The error is a [SourceError] if a file or the environment is to blame, and
// then the configuration is that of the flags and of those variables that are
// right. With an [UntrustedError] it is the one without the project file. Any
// other error is about the flags, and there is no configuration.
func Load(src *Sources, argv []string) (*Config, error) {
	all := settings()
	base, err := defaultLayer(all)
	if err != nil {
		return nil, err
	}
	given, err := flagLayer(all, src.Flags, src.World)
	if err != nil {
		return nil, err
	}
	if err := given.expandHome(src); err != nil {
		return nil, err
	}
	environ, err := environLayer(all, src.World)
	if err == nil {
		err = environ.expandHome(src)
	}
	var user, project *file
	if err == nil {
		user, err = userFile(all, src)
	}
	if err == nil {
		project, err = projectFile(all, src.World)
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
	plain, derr := decode(merge(base, environ, given))
	if derr != nil {
		return nil, derr
	}
	return plain, err
}

// combine decodes the layers of all sources, holds a project file that is not
// trusted to its limits, and checks what only the whole can tell. The
// configuration is nil with any error but an [UntrustedError].
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
		return decode(values)
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
			without.Scopes = scopeBounds(without.Eviction, user, nil)
			if err := without.checkDeps(); err != nil {
				return nil, err
			}
			return without, err
		}
	}
	cfg.Scopes = scopeBounds(cfg.Eviction, user, project)
	if err := cfg.checkDeps(); err != nil {
		return nil, err
	}
	return cfg, nil
}

// merge returns what layers say together, later ones on top.
func merge(layers ...layer) map[string]value {
	values := map[string]value{}
	for _, l := range layers {
		for _, v := range l {
			if v.setting.list && !v.setting.replaces {
				v.items = slices.Concat(values[v.setting.key].items, v.items)
			}
			values[v.setting.key] = v
		}
	}
	return values
}

// builtIn is the configuration that nobody has touched, as [decode] makes it of
// the defaults of [settings]. Most calls are of it and of little else, and it
// is not decoded anew each time.
func builtIn() *Config {
	return &Config{
		DefaultTTL:   memo.DefaultTTL,
		CacheExit:    []int{0},
		KeyEnv:       fingerprint.DefaultKeyEnv(),
		RetryBackoff: time.Second,
		MaxOutput:    memo.DefaultMaxOutput,
		MaxSize:      1 << 30,
		MaxResults:   100_000,
		Eviction:     store.Policies()[0],
	}
}

// decode fills in a configuration.
func decode(values map[string]value) (*Config, error) {
	typed := map[string]any{}
	for key, v := range values {
		if !v.isBuiltIn() {
			typed[key] = v.typed()
		}
	}
	cfg := builtIn()
	cfg.values = values
	if len(typed) == 0 {
		return cfg, nil
	}
	v := viper.New()
	if err := v.MergeConfigMap(typed); err != nil {
		return nil, fmt.Errorf("merge the configuration: %w", err)
	}
	// Field by field: to decode the whole takes as long as to start a process.
	fields := reflect.ValueOf(cfg).Elem()
	for i := range fields.NumField() {
		key := fields.Type().Field(i).Tag.Get("mapstructure")
		if _, set := typed[key]; !set {
			continue
		}
		if err := v.UnmarshalKey(key, fields.Field(i).Addr().Interface()); err != nil {
			return nil, fmt.Errorf("decode the configuration: %q: %w", key, err)
		}
	}
	return cfg, nil
}

// checkDeps returns an error if the dependencies of all sources together are
// no dependencies: if they only exclude.
func (c *Config) checkDeps() error {
	_, err := fingerprint.ParseDependencies(c.Dep)
	if err != nil && len(c.values["dep"].items) > 0 {
		return c.Blame("dep", err)
	}
	return err
}

// Blame returns an error about the value of a setting, which names where that
// was set.
func (c *Config) Blame(key string, err error) error {
	return blame(c.values[key].items[0].origin, err)
}

// IsSet reports whether a source has said anything about a setting.
func (c *Config) IsSet(key string) bool {
	v, ok := c.values[key]
	return ok && !v.isBuiltIn()
}

// blame returns an error about what a source says: a [FlagError] or a
// [SourceError].
func blame(origin string, err error) error {
	if isFlagOrigin(origin) {
		return &FlagError{Flag: origin, Err: err}
	}
	return &SourceError{Source: origin, Err: err}
}

// A FlagError is something wrong with the value of a flag.
type FlagError struct {
	Flag string // with its dashes
	Err  error
}

func (e *FlagError) Error() string { return e.Flag + ": " + e.Err.Error() }
func (e *FlagError) Unwrap() error { return e.Err }

// A SourceError is something wrong with a file or with the environment.
type SourceError struct {
	Source string // "FILE:LINE", "FILE", or the name of a variable
	Err    error
}

func (e *SourceError) Error() string { return e.Source + ": " + e.Err.Error() }
func (e *SourceError) Unwrap() error { return e.Err }

// An UntrustedError is a project file that sets what needs trust.
type UntrustedError struct {
	File string
	Line int
	Key  string
	Why  string // in a clause
	// Sets are the keys that the file sets.
	Sets []string
}

func (e *UntrustedError) Error() string {
	return fmt.Sprintf("%s:%d: %q %s; read the file, then type: memo config trust", e.File, e.Line, e.Key, e.Why)
}

// IsTolerable reports whether an error of [Load] must not keep a
// command from running.
func IsTolerable(err error) bool {
	var bad *SourceError
	var untrusted *UntrustedError
	return errors.As(err, &bad) || errors.As(err, &untrusted)
}

// IsRecallable reports whether nothing but what recall knows to be harmless is
// set: settings that only decide which result is fresh, which the record
// settles, or what happens at a miss. A setting that is not listed here makes
// every call go through Go.
func (c *Config) IsRecallable() bool {
	allowed := []string{
		"ttl", "default_ttl", "swr", "stale_if_error", "expires_from", "ttl_cmd", "negative_ttl", "cache_exit",
		"dep", "env", "tags", "key_env", "key", "scope", "any_cwd", "no_program", "shell",
		"version_cmd", "version_ttl", "timeout", "retry", "retry_backoff", "max_output", "max_size", "max_results", "eviction", "quiet",
	}
	for key, v := range c.values {
		byDefault := slices.EqualFunc(v.items, v.setting.byDefault, func(it item, text string) bool { return it.text == text })
		switch {
		case byDefault || slices.Contains(allowed, key):
		case key == "cache_dir" && v.items[0].origin == v.setting.variable():
		default:
			return false
		}
	}
	return true
}

// IsFlag reports whether a flag of `memo run`, or a global one, is that of a
// setting.
func IsFlag(name string) bool {
	return find(settings(), func(s *setting) bool { return s.flag == name }) != nil
}
