package cmd

import (
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/refresh"
)

// addRunFlags declares the flags of `memo run`.
func (a *app) addRunFlags(f *pflag.FlagSet) {
	a.settings.AddFlags(f)
	f.Var(config.NewTextFlag(nil, "JOB"), refresh.RunFlag, "")
	_ = f.MarkHidden(refresh.RunFlag) // it was declared above
}

// isOn reports whether a flag without a value was given.
func isOn(flags *pflag.FlagSet, name string) bool {
	given, _ := flags.GetBool(name) // declared as one
	return given
}

// overrule settles what flags and other sources say against each other about
// whether to run: flags count, and otherwise what runs nothing.
func overrule(flags *pflag.FlagSet, cfg *config.Config) {
	if isOn(flags, "force") || isOn(flags, "warm") {
		cfg.Policy.OnlyCached = false
	}
	if cfg.Policy.OnlyCached {
		cfg.Policy.Force, cfg.Policy.Warm = false, false
	}
}

// checkTogether returns an error if flags that were given make no sense
// together. Whether another source says anything is known only if all sources
// could be read.
func checkTogether(flags *pflag.FlagSet, cfg *config.Config, complete bool) error {
	on := func(name string) bool { return isOn(flags, name) }
	switch {
	case on("force") && on("only-cached"):
		return &usageError{text: "--force and --only-cached contradict each other", hint: "--force runs the command in any case, --only-cached in none"}
	case on("warm") && on("only-cached"):
		return &usageError{text: "--warm and --only-cached contradict each other", hint: "--warm runs the command if there is no fresh result, --only-cached in no case"}
	case flags.Changed("fallback") && !cfg.IsSet("max_wait") && complete:
		return &usageError{text: "--fallback is given without --max-wait", hint: "it is printed if there is no answer in time: --max-wait 2s --fallback TEXT"}
	}
	return nil
}
