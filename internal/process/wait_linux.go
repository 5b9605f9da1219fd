package process

import "golang.org/x/sys/unix"

// waitExited waits until a child has exited, without reaping it. It reports
// whether it could.
func waitExited(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// Codes of siginfo_t for a child; see sigaction(2).
const (
	cldKilled = 2
	cldDumped = 3
)

// exitOf reports whether a child has exited, and whether a signal killed it. It
// does not reap the child.
func exitOf(pid int) (exited, killed bool) {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	exited = err == nil && info.Signo != 0
	return exited, exited && (info.Code == cldKilled || info.Code == cldDumped)
}

// hasEnded reports whether a child has exited, whether or not it has been
// reaped.
func hasEnded(pid int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err == unix.ECHILD || err == nil && info.Signo != 0
}

// exitDescriptor returns a descriptor that becomes readable when a child
// exits (pidfd_open(2), Linux 5.3), or -1.
func exitDescriptor(pid int) int {
	fd, err := unix.PidfdOpen(pid, 0) // always close-on-exec
	if err != nil {
		return -1
	}
	return fd
}
