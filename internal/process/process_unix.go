//go:build unix

package process

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// A Child is a command that was started. os.StartProcess is bypassed: it forks
// once to probe for pidfd support, and every miss would pay for that.
type Child struct{ pid int }

// Start starts the program at path with the words of a command. Like execvp, it
// runs a file in a format that the kernel does not know as a shell script.
// files are its descriptors 0, 1 and 2. It also inherits every other descriptor
// that is not close-on-exec.
func Start(path string, words, environ []string, files []*os.File) (*Child, error) {
	attr := &syscall.ProcAttr{Env: environ}
	for _, f := range files {
		attr.Files = append(attr.Files, uintptr(Descriptor(f)))
	}
	pid, err := syscall.ForkExec(path, words, attr)
	if errors.Is(err, syscall.ENOEXEC) {
		pid, err = syscall.ForkExec("/bin/sh", append([]string{"/bin/sh", path}, words[1:]...), attr)
	}
	runtime.KeepAlive(files)
	if err != nil {
		return nil, err
	}
	return &Child{pid}, nil
}

// wait waits for the command to exit. The command receives signals until then,
// but not after: once wait returns, another process may get its id.
func (c *Child) wait(s *Signals) Ending {
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
		return Ending{Code: exitUnknown, Unknown: err}
	}
	if status.Signaled() {
		s.died()
		s.settle(status.Signal())
		return Ending{Code: 128 + int(status.Signal()), Died: status.Signal()}
	}
	return Ending{Code: status.ExitStatus()}
}

// ExitDescriptor returns a descriptor that becomes readable when the command
// exits, or -1 if the system has none. The caller closes it.
func (r *Running) ExitDescriptor() int { return exitDescriptor(r.child.pid) }
