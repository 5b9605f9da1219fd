package capture

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/internal/process"
)

// sendfileMin is the size below which a copy through memory is as fast.
const sendfileMin = 16 << 10

// pipeSize is what fits into a pipe of an ordinary user at most. A large output
// takes a fourth of the time through one of that size.
const pipeSize = 1 << 20

// widen makes a pipe hold as much as it can; what is no pipe stays as it is.
func widen(fd int) {
	room, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	if err == nil && room < pipeSize {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pipeSize) // else it is slower
	}
}

// copyKernel copies n bytes at an offset of one file to another without
// bringing them to user space. It returns how many it copied and the error of
// writing; fewer than n without an error means that the kernel can't for this
// pair of files (an appending output, for instance).
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
