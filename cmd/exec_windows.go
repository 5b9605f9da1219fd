package cmd

import (
	"errors"
	"os"
	"os/exec"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/memo"
)

// execPlain runs the command with everything that the caller has: memo is
// disabled.
func execPlain(app *app, flags *pflag.FlagSet, argv []string) error {
	words := argv
	if shell, _ := flags.GetBool("shell"); shell {
		words = append([]string{"sh", "-c"}, argv...)
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, app.environ
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		return &exitError{code: exit.ExitCode()}
	default:
		return &exitError{code: memo.ExitNotFound, text: err.Error()}
	}
}
