//go:build unix

package cmd

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
)

const shellProgram = "/bin/sh"

// become replaces this process by a command, which has the caller's
// descriptors. It returns only if that can't be done.
func become(app *app, words, environ []string) error {
	memo.KeepIgnoredSignals()
	path, err := fingerprint.FindProgram(app.world, app.world.Dir, words[0])
	if err == nil {
		err = syscall.Exec(path, words, environ)
		if errors.Is(err, syscall.ENOEXEC) {
			err = syscall.Exec(shellProgram, append([]string{shellProgram, path}, words[1:]...), environ)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &exitError{code: memo.ExitNotFound, text: words[0] + ": command not found"}
	}
	return &exitError{code: memo.ExitNotExecutable, text: words[0] + ": " + err.Error()}
}
