//go:build unix

package cmd

import (
	"os"

	"golang.org/x/sys/unix"
)

// inForeground reports whether this process's group is the foreground group of
// a terminal: others don't draw on it.
func inForeground(tty *os.File) bool {
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
