package memo

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// start starts the words of a command; files are its standard streams.
func start(w *fingerprint.World, words, environ []string, files []*os.File) (*os.Process, error) {
	path, err := fingerprint.FindProgram(w, w.Dir, words[0])
	if err != nil {
		return nil, err
	}
	return os.StartProcess(path, words, &os.ProcAttr{Env: environ, Files: files})
}

// startCode is the exit code for a command that could not be started.
func startCode(err error) int {
	if errors.Is(err, fs.ErrNotExist) {
		return ExitNotFound
	}
	return ExitNotExecutable
}

// exitOf returns a process's exit code; nothing dies of a signal here.
func exitOf(state *os.ProcessState) (code int, died syscall.Signal) {
	return state.ExitCode(), 0
}
