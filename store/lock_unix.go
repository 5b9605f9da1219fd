//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package store

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// The ways to hold a file lock; see flock(2).
const (
	lockExclusive = unix.LOCK_EX
	lockShared    = unix.LOCK_SH
	lockNone      = unix.LOCK_UN
)

// flock takes, changes or releases the kernel lock of an open file without
// waiting. The error is [ErrLocked] if another open file holds it; any other
// error means that the file system has no locks. The lock belongs to the open
// file description. Files are opened with O_CLOEXEC, so children don't inherit
// it.
func flock(f *os.File, how int) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var lockErr error
	err = raw.Control(func(fd uintptr) {
		for {
			lockErr = unix.Flock(int(fd), how|unix.LOCK_NB)
			if lockErr != unix.EINTR {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if errors.Is(lockErr, unix.EWOULDBLOCK) {
		return ErrLocked
	}
	return lockErr
}
