//go:build unix

package memo

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// start starts the words of a command as execvp would: the program is looked
// up along PATH, one without a header line that the kernel knows is a shell
// script. files are its descriptors 0, 1 and 2; every other descriptor that
// is not close-on-exec is inherited as it is.
func start(w *fingerprint.World, words, environ []string, files []*os.File) (*os.Process, error) {
	path, err := fingerprint.FindProgram(w, w.Dir, words[0])
	if err != nil {
		return nil, err
	}
	attr := &os.ProcAttr{Env: environ, Files: files}
	p, err := os.StartProcess(path, words, attr)
	if errors.Is(err, syscall.ENOEXEC) {
		p, err = os.StartProcess("/bin/sh", append([]string{"/bin/sh", path}, words[1:]...), attr)
	}
	return p, err
}

// startCode is the exit code for a command that could not be started, as
// env(1) has it.
func startCode(err error) int {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ExitNotFound
	case errors.Is(err, syscall.E2BIG), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.EAGAIN):
		return ExitTrouble
	default:
		return ExitNotExecutable
	}
}

// exitOf splits how a process ended into its exit code, or 128+n and the
// signal that it died of.
func exitOf(state *os.ProcessState) (code int, died syscall.Signal) {
	ws, ok := state.Sys().(syscall.WaitStatus)
	if ok && ws.Signaled() {
		return 128 + int(ws.Signal()), ws.Signal()
	}
	return state.ExitCode(), 0
}
