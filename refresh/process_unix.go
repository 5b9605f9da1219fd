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

// niceness is the priority of detached processes; see nice(1).
const niceness = 10

func closeOnExec(fd uintptr) { unix.CloseOnExec(int(fd)) }
