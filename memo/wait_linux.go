package memo

import "golang.org/x/sys/unix"

// waitExited waits until a child has exited and leaves it to be waited for.
func waitExited(pid int) error {
	return unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
}
