//go:build unix

package refresh

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// session puts the process into a session of its own: no terminal, no signals
// from one, and a group that no terminal signals.
func session() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// closeEach marks every open descriptor from 3 up as close-on-exec, one by
// one, where the kernel can't do it at once.
func closeEach(list string) {
	dir, err := os.Open(list)
	if err != nil {
		for fd := 3; fd < 1024; fd++ {
			unix.CloseOnExec(fd)
		}
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if fd, err := strconv.Atoi(name); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}

// lowerPriority makes this process yield to others.
func lowerPriority() {
	// On Linux the priority of a process is that of a single thread, while a
	// detached process has its group to itself.
	_ = unix.Setpriority(unix.PRIO_PGRP, 0, 10) // a wish
}

func closeOnExec(fd uintptr) { unix.CloseOnExec(int(fd)) }
