//go:build unix

package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// InForeground reports whether this process's group is the foreground group of
// a terminal, which receives Ctrl-C and may draw on the terminal.
func InForeground(tty *os.File) bool {
	group, err := unix.IoctlGetInt(Descriptor(tty), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// inForeground reports whether this process's group is the foreground group of
// its controlling terminal.
func inForeground() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer tty.Close()
	return InForeground(tty)
}
