package capture

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/internal/process"
)

// sendfileMin is the size below which a copy through memory is as fast.
const sendfileMin = 16 << 10

// pipeSize is the largest pipe that Linux allows an ordinary user, in bytes. A
// large output takes a fourth of the time through a pipe of that size.
const pipeSize = 1 << 20

// widen sets the size of a pipe to pipeSize. It does nothing to other files.
func widen(fd int) {
	room, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	if err == nil && room < pipeSize {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pipeSize) // a smaller pipe is slower
	}
}

// copyKernel copies n bytes at an offset of one file to another inside the
// kernel. It returns how many bytes it copied and the error of writing. Fewer
// than n bytes without an error mean that the kernel can't copy between these
// files, for instance because the output is opened for appending.
func copyKernel(to, from *os.File, off, n int64) (int64, error) {
	if n < sendfileMin {
		return 0, nil
	}
	out, in := process.Descriptor(to), process.Descriptor(from)
	if n > pipeSize {
		widen(out)
	}
	start := off
	for n > 0 {
		m, err := unix.Sendfile(out, in, &off, int(min(n, 1<<30)))
		n -= int64(max(m, 0))
		switch err {
		case nil:
			if m == 0 {
				return off - start, nil // the file became shorter
			}
		case unix.EINTR:
		case unix.EAGAIN:
			waitWritable(out)
		case unix.EINVAL, unix.ENOSYS, unix.EOPNOTSUPP, unix.EOVERFLOW:
			return off - start, nil
		default:
			return off - start, err
		}
	}
	return off - start, nil
}
