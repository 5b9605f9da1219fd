//go:build unix

package capture

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/internal/process"
)

// writeFile writes all of p to a descriptor as cat would: interrupted and
// partial writes go on, a descriptor in non-blocking mode is waited for. It
// goes around os.File, which raises SIGPIPE for the standard streams.
func writeFile(f *os.File, p []byte) error {
	fd := process.Descriptor(f)
	for len(p) > 0 {
		n, err := unix.Write(fd, p)
		if n > 0 {
			p = p[n:]
		}
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN:
			waitWritable(fd)
		default:
			return err
		}
	}
	return nil
}

// waitWritable blocks until a descriptor can be written to or is broken.
func waitWritable(fd int) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	_, _ = unix.Poll(fds, -1) // an error shows in the next write
}

// sigXFSZ is what kills a process that writes beyond its file size limit.
const sigXFSZ = syscall.SIGXFSZ

// tooLong reports whether a write error is one that would have killed another
// program: its file size limit (setrlimit(2)).
func tooLong(err error) bool {
	return errors.Is(err, syscall.EFBIG) && !process.StartedIgnoring(sigXFSZ)
}
