package memo

import (
	"errors"
	"io/fs"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// start starts the words of a command; files are its standard streams.
func start(w *fingerprint.World, words, environ []string, files []*os.File) (*child, error) {
	path, err := fingerprint.FindProgram(w, w.Dir, words[0])
	if err != nil {
		return nil, err
	}
	p, err := os.StartProcess(path, words, &os.ProcAttr{Env: environ, Files: files})
	if err != nil {
		return nil, err
	}
	return &child{p.Pid, p}, nil
}

// A child is a command that was started.
type child struct {
	pid     int
	process *os.Process
}

// wait waits for the command to exit.
func (c *child) wait(*signals) ending {
	state, err := c.process.Wait()
	if err != nil {
		return ending{code: ExitTrouble, unknown: err}
	}
	return ending{code: state.ExitCode()}
}

// startCode is the exit code for a command that could not be started.
func startCode(err error) int {
	if errors.Is(err, fs.ErrNotExist) {
		return ExitNotFound
	}
	return ExitNotExecutable
}
