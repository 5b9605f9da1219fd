package memo

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/process"
)

// start starts the command with the files as descriptors 0, 1 and 2. It looks
// the program up along PATH, as execvp does.
func (c *call) start(environ []string, files []*os.File) (*process.Child, error) {
	words := c.cmd.exec()
	path, err := fingerprint.FindProgram(c.World, c.World.Dir, words[0])
	if err != nil {
		return nil, err
	}
	return process.Start(path, words, environ, files)
}

// startCode returns the exit code of env(1) for a command that could not be
// started.
func startCode(err error) int {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ExitNotFound
	case errors.Is(err, syscall.E2BIG), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.EAGAIN), outOfDescriptors(err):
		return ExitTrouble
	default:
		return ExitNotExecutable
	}
}
