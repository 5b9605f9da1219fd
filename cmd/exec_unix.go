//go:build unix

package cmd

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/memo"
)

const shellProgram = "/bin/sh"

// become replaces this process with a command, which inherits the caller's
// descriptors. It returns only if that fails.
func become(app *app, words, environ []string) error {
	process.InheritIgnored()
	path, err := fingerprint.FindProgram(app.world, app.world.Dir, words[0])
	if err == nil {
		err = syscall.Exec(path, words, environ)
		if errors.Is(err, syscall.ENOEXEC) {
			err = syscall.Exec(shellProgram, append([]string{shellProgram, path}, words[1:]...), environ)
		}
	}
	failed := &memo.StartError{Program: words[0], Err: err}
	return &exitError{code: failed.ExitCode(), text: failed.Error()}
}

// fewDescriptors reports whether the limit on open files is below
// descriptorsNeeded.
func fewDescriptors() bool {
	var limit unix.Rlimit
	return unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil && limit.Cur < descriptorsNeeded
}

// nullStdin makes the null device the standard input, as it is for every
// memoized command.
func nullStdin() {
	if fd, err := unix.Open(os.DevNull, unix.O_RDONLY, 0); err == nil && fd != 0 {
		_ = unix.Dup2(fd, 0) // can't fail: both are open
		unix.Close(fd)
	}
}
