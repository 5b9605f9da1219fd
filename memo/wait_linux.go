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
