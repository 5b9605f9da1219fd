package cmd

import "github.com/spf13/pflag"

// execPlain runs a command with everything that the caller has: memo is
// disabled.
func execPlain(app *app, flags *pflag.FlagSet, argv []string) error {
	words := argv
	if shell, _ := flags.GetBool("shell"); shell {
		words = append([]string{shellProgram, "-c"}, argv...)
	}
	return become(app, words, app.environ)
}
