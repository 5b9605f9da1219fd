package cmd

import (
	"errors"
	"os"
	"os/exec"

	"github.com/seed-f39940ff/memo/memo"
)

const shellProgram = "sh"

// become runs a command with the caller's descriptors and returns its exit
// code: Windows can't replace a process.
func become(_ *app, words, environ []string) error {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, environ
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

func fewDescriptors() bool { return false }
func nullStdin()           {}
