//go:build unix

package memo

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockNest locks a nest's file for as long as it is open here.
func lockNest(f *os.File) error {
	return os.NewSyscallError("flock", unix.Flock(descriptor(f), unix.LOCK_EX|unix.LOCK_NB))
}

// nestIsDead reports whether the run that a file belongs to has ended.
func nestIsDead(f *os.File) bool {
	if unix.Flock(descriptor(f), unix.LOCK_SH|unix.LOCK_NB) != nil {
		return false
	}
	_ = unix.Flock(descriptor(f), unix.LOCK_UN) // it is of no use to anybody
	return true
}

// openNestFile opens the file that a variable names. One that is not ours, or
// no file, is none.
func openNestFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err = unix.Fstat(descriptor(f), &st); err == nil && (st.Mode&unix.S_IFMT != unix.S_IFREG || int(st.Uid) != os.Geteuid()) {
		err = os.ErrPermission
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
