package memo

import "golang.org/x/sys/unix"

// waitExited waits until a child has exited, leaves it to be waited for, and
// reports whether it could.
func waitExited(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// exitDescriptor returns a descriptor that becomes readable when a child
// exits (pidfd_open(2), Linux 5.3), or -1.
func exitDescriptor(pid int) int {
	fd, err := unix.PidfdOpen(pid, 0) // close-on-exec by itself
	if err != nil {
		return -1
	}
	return fd
}
