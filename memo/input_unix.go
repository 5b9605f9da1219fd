//go:build unix

package memo

import (
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/internal/process"
)

// duplicate returns another descriptor of the same open file.
func duplicate(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(uintptr(process.Descriptor(f)), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// InputWaits reports whether a file has something to read right now: bytes in a
// pipe or a terminal, or the rest of a regular file.
func InputWaits(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	if info.Mode().IsRegular() {
		at, err := f.Seek(0, io.SeekCurrent)
		return err == nil && at < info.Size()
	}
	n, err := unix.IoctlGetInt(process.Descriptor(f), fionread)
	return err == nil && n > 0
}

func effectiveIDs() (uid, gid int) { return os.Geteuid(), os.Getegid() }
