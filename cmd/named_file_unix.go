//go:build unix

package cmd

import (
	"errors"

	"golang.org/x/sys/unix"
)

// pipeBuf is what a pipe takes at once if it takes anything (PIPE_BUF, of which
// POSIX promises this much).
const pipeBuf = 512

// writeNow writes to a descriptor, blocking or not, as long as it takes
// something at once.
func writeNow(fd int, text []byte) error {
	for len(text) > 0 {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(ready, 0)
		if err == nil && n == 0 {
			return errors.New("it is full, and its reader takes nothing")
		}
		if err == nil {
			n, err = unix.Write(fd, text[:min(len(text), pipeBuf)])
		}
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		default:
			text = text[n:]
		}
	}
	return nil
}
