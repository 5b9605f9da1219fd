//go:build unix && !linux

package process

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Pipe opens a pipe whose ends children don't inherit. There is no pipe2(2), so
// a lock keeps processes from starting before the ends are close-on-exec.
func Pipe(fd *[2]int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(fd[:]); err != nil {
		return err
	}
	unix.CloseOnExec(fd[0])
	unix.CloseOnExec(fd[1])
	return nil
}
