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

// Start starts the program at path with the words of a command, as execvp
// would: a file without a header line that the kernel knows is a shell script.
// files are its descriptors 0, 1 and 2; every other descriptor that is not
// close-on-exec is inherited as it is.
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

// wait waits for the command to exit. Signals go to it until then, and no
// longer: its id is free for others once wait returns.
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
// exits, or -1 where there are none. The caller closes it.
func (r *Running) ExitDescriptor() int { return exitDescriptor(r.child.pid) }
