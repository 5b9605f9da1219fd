//go:build unix

package cmd

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
)

// execPlain becomes the command, with everything that the caller has: memo is
// disabled.
func execPlain(app *app, flags *pflag.FlagSet, argv []string) error {
	words := argv
	if shell, _ := flags.GetBool("shell"); shell {
		words = append([]string{"/bin/sh", "-c"}, argv...)
	}
	memo.KeepIgnoredSignals()
	path, err := fingerprint.FindProgram(app.world, app.world.Dir, words[0])
	if err == nil {
		err = syscall.Exec(path, words, app.environ)
		if errors.Is(err, syscall.ENOEXEC) {
			err = syscall.Exec("/bin/sh", append([]string{"/bin/sh", path}, words[1:]...), app.environ)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: memo.ExitNotFound, text: words[0] + ": command not found"}
	}
	return &exitError{code: memo.ExitNotExecutable, text: words[0] + ": " + err.Error()}
}
