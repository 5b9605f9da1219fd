//go:build unix

package nest

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile locks a nest's file for as long as this process has it open.
func lockFile(f *os.File) error {
	return os.NewSyscallError("flock", unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB))
}

// isDead reports whether the run that a file belongs to has ended.
func isDead(f *os.File) bool {
	if unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) != nil {
		return false
	}
	_ = unix.Flock(int(f.Fd()), unix.LOCK_UN) // the lock was only a test
	return true
}

// openContext opens the file that a context names. It rejects anything that is
// not a regular file of this user.
func openContext(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err = unix.Fstat(int(f.Fd()), &st); err == nil && (st.Mode&unix.S_IFMT != unix.S_IFREG || int(st.Uid) != os.Geteuid()) {
		err = os.ErrPermission
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// incomplete is the permission bit that marks a nest's file as incomplete. It can
// be set even on a full disk.
const incomplete = 0o100

// markIncomplete keeps the run from being stored.
func markIncomplete(f *os.File) {
	if f.Chmod(0o600|incomplete) != nil {
		// A missing file means the same, but hides whether the leader is alive.
		_ = os.Remove(f.Name())
	}
}

func isIncomplete(info fs.FileInfo) bool { return info.Mode()&incomplete != 0 }

// processExists reports whether there is a process with the id.
func processExists(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := unix.Kill(pid, 0)
	return err == nil || errors.Is(err, unix.EPERM)
}
