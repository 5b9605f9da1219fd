package cmd

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
)

// descriptorsNeeded is the number of descriptors that the configuration, the
// store and a run have open at once, and a few more. With fewer the Go runtime
// may end the process: it needs an epoll descriptor for the first file that it
// opens. Below the same number package recall leaves calls to Go.
const descriptorsNeeded = 32

// execPlain runs a command with the caller's environment and descriptors
// because memo is disabled.
func execPlain(app *app, flags *pflag.FlagSet, argv []string) error {
	words := argv
	if app.wants(flags, "shell") {
		words = append([]string{shellProgram, "-c"}, argv...)
	}
	return become(app, words, app.environ)
}

// execUncached runs a command without the cache because there are too few
// descriptors to read the configuration.
func execUncached(app *app, flags *pflag.FlagSet, argv []string) error {
	switch {
	case app.wants(flags, "only-cached"):
		return &exitError{code: memo.ExitNothingCached}
	case app.wants(flags, "warm"):
		return nil
	}
	app.warn(fmt.Sprintf("fewer than %d open files are allowed (ulimit -n); running without the cache", descriptorsNeeded))
	if !app.wants(flags, "stdin") {
		nullStdin()
	}
	return execPlain(app, flags, argv)
}

// wants reports whether a flag or its environment variable is set.
func (a *app) wants(flags *pflag.FlagSet, name string) bool {
	if flags.Changed(name) {
		return isOn(flags, name)
	}
	text, _ := a.world.LookupEnv(a.settings.ByFlag(name).Variable())
	return config.IsTrue(text)
}
