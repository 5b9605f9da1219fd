//go:build unix && !linux

package process

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Pipe makes a pipe whose ends children don't inherit. Without pipe2(2) the
// lock keeps a process from being started in between.
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
