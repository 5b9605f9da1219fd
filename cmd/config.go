package cmd

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A config is the effective configuration of one call. Its exported fields are
// the settings; see [settings] for what they mean and who may set them.
type config struct {
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
	// scopes are the bounds of single scopes.
	scopes []scopeBound
}

// A layer is what one source, or one rule of a file, says.
type layer []value

// hasDeps reports whether something is declared that ends results.
func (c *config) hasDeps() bool { return len(c.Dep) > 0 || c.VersionCmd != "" }

// bounds are what the store is kept within.
func (c *config) bounds() store.Bounds {
	return store.Bounds{MaxSize: c.MaxSize, MaxResults: c.MaxResults, Policy: c.Eviction}
}

// loadConfig returns the effective configuration for a command (nil: for none)
// that is called with flags (nil: none). In ascending order: defaults, the user
// file, the project file, the environment, flags; in a file its top level, the
// scope that applies, the rules that match.
//
// The error is a [ConfigError] if a file or the environment is to blame, and
// then the configuration is that of the flags and of those variables that are
// right. With an [UntrustedError] it is the one without the project file. Any
// other error is about the flags, and there is no configuration.
func loadConfig(app *app, flags *pflag.FlagSet, argv []string) (*config, error) {
	all := settings()
	base, err := defaultLayer(all)
	if err != nil {
		return nil, err
	}
	given, err := flagLayer(all, flags, app.world)
	if err != nil {
		return nil, err
	}
	if err := given.expandHome(app); err != nil {
		return nil, err
	}
	environ, err := environLayer(all, app.world)
	if err == nil {
		err = environ.expandHome(app)
	}
	var user, project *file
	if err == nil {
		user, err = userFile(all, app)
	}
	if err == nil {
		project, err = projectFile(all, app.world)
	}
	if err == nil {
		var cfg *config
		if cfg, err = combine(app, argv, base, user, project, environ, given); cfg != nil {
			return cfg, err
		}
	}
	if !isForeignTrouble(err) {
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
func combine(app *app, argv []string, base layer, user, project *file, environ, given layer) (*config, error) {
	with := func(project *file) (*config, error) {
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
	if project != nil && !isTrusted(app, project) {
		without, err := with(nil)
		if err != nil {
			return nil, err
		}
		err = checkUntrusted(app.world, project)
		if err == nil {
			err = cfg.holdTo(without, project)
		}
		if err != nil {
			without.scopes = scopeBounds(without.Eviction, user, nil)
			if err := without.checkDeps(); err != nil {
				return nil, err
			}
			return without, err
		}
	}
	cfg.scopes = scopeBounds(cfg.Eviction, user, project)
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
func builtIn() *config {
	return &config{
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
func decode(values map[string]value) (*config, error) {
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
func (c *config) checkDeps() error {
	_, err := fingerprint.ParseDependencies(c.Dep)
	if err != nil && len(c.values["dep"].items) > 0 {
		return blame(c.values["dep"].items[0].origin, err)
	}
	return err
}

// blame returns an error about what a source says: about the flags as it is,
// about anything else as a [ConfigError].
func blame(origin string, err error) error {
	if isFlagOrigin(origin) {
		return &usageError{text: origin + ": " + err.Error()}
	}
	return &ConfigError{Source: origin, Err: err}
}

// A ConfigError is something wrong with a file or with the environment.
type ConfigError struct {
	Source string // "FILE:LINE", "FILE", or the name of a variable
	Err    error
}

func (e *ConfigError) Error() string { return e.Source + ": " + e.Err.Error() }
func (e *ConfigError) Unwrap() error { return e.Err }

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

// isForeignTrouble reports whether an error of [loadConfig] must not keep a
// command from running.
func isForeignTrouble(err error) bool {
	var bad *ConfigError
	var untrusted *UntrustedError
	return errors.As(err, &bad) || errors.As(err, &untrusted)
}
