//go:build unix

package memo

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A child is a command that was started. Package os is gone around: it forks
// a process of its own first to find out about pidfds, which every miss would
// pay for.
type child struct{ pid int }

// start starts the words of a command as execvp would: the program is looked
// up along PATH, one without a header line that the kernel knows is a shell
// script. files are its descriptors 0, 1 and 2; every other descriptor that
// is not close-on-exec is inherited as it is.
func start(w *fingerprint.World, words, environ []string, files []*os.File) (*child, error) {
	path, err := fingerprint.FindProgram(w, w.Dir, words[0])
	if err != nil {
		return nil, err
	}
	attr := &syscall.ProcAttr{Env: environ}
	for _, f := range files {
		attr.Files = append(attr.Files, uintptr(descriptor(f)))
	}
	pid, err := syscall.ForkExec(path, words, attr)
	if errors.Is(err, syscall.ENOEXEC) {
		pid, err = syscall.ForkExec("/bin/sh", append([]string{"/bin/sh", path}, words[1:]...), attr)
	}
	runtime.KeepAlive(files)
	if err != nil {
		return nil, err
	}
	return &child{pid}, nil
}

// wait waits for the command to exit. Signals go to it until then, and no
// longer: its id is free for others once wait returns.
func (c *child) wait(s *signals) ending {
	if waitExited(c.pid) {
		s.exit()
	}
	var status syscall.WaitStatus
	_, err := syscall.Wait4(c.pid, &status, 0, nil)
	for err == syscall.EINTR {
		_, err = syscall.Wait4(c.pid, &status, 0, nil)
	}
	s.exit()
	if err != nil {
		return ending{code: ExitTrouble, unknown: err}
	}
	if status.Signaled() {
		s.died()
		s.settle(status.Signal())
		return ending{code: 128 + int(status.Signal()), died: status.Signal()}
	}
	return ending{code: status.ExitStatus()}
}

// startCode is the exit code for a command that could not be started, as
// env(1) has it.
func startCode(err error) int {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ExitNotFound
	case errors.Is(err, syscall.E2BIG), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.EAGAIN), scarce(err):
		return ExitTrouble
	default:
		return ExitNotExecutable
	}
}
