package memo

import "golang.org/x/sys/unix"

func pipeCloseOnExec(fd *[2]int) error { return unix.Pipe2(fd[:], unix.O_CLOEXEC) }
