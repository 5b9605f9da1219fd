//go:build unix

package cmd

import (
	"errors"
	"runtime"

	"golang.org/x/sys/unix"
)

// noTerminal is or-ed to the flags of an open: a terminal does not become the
// controlling one.
const noTerminal = unix.O_NOCTTY

// pipeBuf is what a pipe takes at once and in one piece if it takes anything:
// PIPE_BUF of Linux and macOS.
func pipeBuf() int {
	if runtime.GOOS == "linux" {
		return 4096
	}
	return 512
}

// isInherited reports whether a descriptor is the caller's: this process opens
// its own ones close-on-exec.
func isInherited(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}

// writeWaiting writes to a descriptor, blocking or not, and waits for its reader.
// Package os would end the process by SIGPIPE if stdout has no reader.
func writeWaiting(fd int, text []byte) error {
	for len(text) > 0 {
		n, err := unix.Write(fd, text)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1) // the next write sees its error
		case err != nil:
			return err
		default:
			text = text[n:]
		}
	}
	return nil
}

// writeNow writes to a descriptor, blocking or not, as long as it takes
// something at once. A file takes all of it in one piece.
func writeNow(fd int, text []byte) error {
	most := pipeBuf()
	if st := (unix.Stat_t{}); unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG {
		most = len(text)
	}
	for len(text) > 0 {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(ready, 0)
		if err == nil && n == 0 {
			return errors.New("it is full, and its reader takes nothing")
		}
		if err == nil {
			n, err = unix.Write(fd, text[:min(len(text), most)])
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
