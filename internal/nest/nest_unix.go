//go:build unix

package nest

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile locks a nest's file for as long as it is open here.
func lockFile(f *os.File) error {
	return os.NewSyscallError("flock", unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB))
}

// isDead reports whether the run that a file belongs to has ended.
func isDead(f *os.File) bool {
	if unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) != nil {
		return false
	}
	_ = unix.Flock(int(f.Fd()), unix.LOCK_UN) // it is of no use any more
	return true
}

// openContext opens the file that a variable names. One that is not ours, or
// no file, is none.
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

// spoilt is the permission bit by which a nest's file says that it lacks
// something: on a full disk nothing can be written to it, but that can be set.
const spoilt = 0o100

// spoil keeps the run from being stored.
func spoil(f *os.File) {
	if f.Chmod(0o600|spoilt) != nil {
		_ = os.Remove(f.Name()) // which says the same, but hides whether the leader lives
	}
}

func isSpoilt(info fs.FileInfo) bool { return info.Mode()&spoilt != 0 }

// processExists reports whether there is a process with an id.
func processExists(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := unix.Kill(pid, 0)
	return err == nil || errors.Is(err, unix.EPERM)
}
