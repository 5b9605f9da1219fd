//go:build unix

package capture

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/internal/process"
)

// writeFile writes all of p to a descriptor. It continues after interrupted and
// partial writes, and waits for a descriptor in non-blocking mode. It bypasses
// os.File.Write, which raises SIGPIPE for the standard streams.
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

// waitWritable blocks until a write to the descriptor would not block.
func waitWritable(fd int) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	_, _ = unix.Poll(fds, -1) // the next write reports an error
}

// sigXFSZ is the signal that kills a process at its file size limit.
const sigXFSZ = syscall.SIGXFSZ

// tooLong reports whether another program would have died of the write error,
// because it reached its file size limit (setrlimit(2)).
func tooLong(err error) bool {
	return errors.Is(err, syscall.EFBIG) && !process.StartedIgnoring(sigXFSZ)
}
