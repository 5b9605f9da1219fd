package cmd

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/refresh"
)

// addRunFlags declares the flags of `memo run`.
func (a *app) addRunFlags(f *pflag.FlagSet) {
	a.settings.AddFlags(f)
	f.Var(config.NewTextFlag(nil, "JOB"), refresh.RunFlag, "")
	_ = f.MarkHidden(refresh.RunFlag) // declared above
}

// isOn reports whether a boolean flag is set.
func isOn(flags *pflag.FlagSet, name string) bool {
	given, _ := flags.GetBool(name) // declared as one
	return given
}

// overrule resolves contradictions about whether to run: flags override other
// sources, and otherwise the setting that runs nothing wins.
func overrule(flags *pflag.FlagSet, cfg *config.Config) {
	if isOn(flags, "force") || isOn(flags, "warm") {
		cfg.Policy.OnlyCached = false
	}
	if cfg.Policy.OnlyCached {
		cfg.Policy.Force, cfg.Policy.Warm = false, false
	}
}

// checkTogether returns an error if the given flags contradict each other.
// complete says that all sources of the configuration could be read.
func checkTogether(flags *pflag.FlagSet, cfg *config.Config, complete bool) error {
	on := func(name string) bool { return isOn(flags, name) }
	switch {
	case on("force") && on("only-cached"):
		return &usageError{text: "--force and --only-cached contradict each other", hint: "--force always runs the command, --only-cached never"}
	case on("warm") && on("only-cached"):
		return &usageError{text: "--warm and --only-cached contradict each other", hint: "--warm runs the command if there is no fresh result, --only-cached in no case"}
	case on("warm") && (flags.Changed("max-wait") || flags.Changed("fallback")):
		return &usageError{text: "--max-wait and --fallback are about an answer, and --warm gives none", hint: "leave one of them out"}
	case on("then-update") && (on("warm") || on("only-cached") || flags.Changed("max-wait")):
		return &usageError{text: "--then-update prints the new lines of a run and waits for it", hint: "leave out --warm, --only-cached or --max-wait"}
	case !complete:
		return nil
	}
	for _, n := range needs() {
		if flags.Changed(n.flag) && !cfg.IsSet(n.setting) {
			return &usageError{text: fmt.Sprintf("--%s is given without --%s", n.flag, n.needed), hint: n.hint}
		}
	}
	return nil
}

// A need is a flag that has no effect unless another setting is set, by
// whichever source.
type need struct{ flag, setting, needed, hint string }

func needs() []need {
	return []need{
		{"fallback", "max_wait", "max-wait", "it is printed if there is no answer in time: --max-wait 2s --fallback TEXT"},
		{"retry-backoff", "retry", "retry", "it is the pause before the first of them: --retry 3 --retry-backoff 2s"},
		{"output-exact", "output", "output", "it is about the files that --output names: --output 'dist/**' --output-exact"},
		{"version-ttl", "version_cmd", "version-cmd", "it is how long the answer of one holds: --version-cmd CMD --version-ttl 1h"},
	}
}
