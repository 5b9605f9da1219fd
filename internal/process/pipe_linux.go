package process

import "golang.org/x/sys/unix"

// Pipe opens a pipe whose ends children don't inherit.
func Pipe(fd *[2]int) error { return unix.Pipe2(fd[:], unix.O_CLOEXEC) }
