//go:build unix

package refresh

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// session gives the process its own session, so that it has no terminal and
// receives no signals from one.
func session() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// closeEach marks every open descriptor from 3 up as close-on-exec, one by one.
// list is the directory that lists the open descriptors.
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
	// On Linux, PRIO_PROCESS would set the priority of a single thread. A
	// detached process is alone in its group.
	_ = unix.Setpriority(unix.PRIO_PGRP, 0, 10) // best effort
}

func closeOnExec(fd uintptr) { unix.CloseOnExec(int(fd)) }
