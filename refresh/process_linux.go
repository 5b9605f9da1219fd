package refresh

import (
	"math"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

func closeInherited() {
	if unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) != nil { // before Linux 5.11
		closeEach("/proc/self/fd")
	}
}

// executable returns a path of the running program, even if its file was
// replaced.
func executable() (string, error) {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// lowerPriority makes this process yield to others. On Linux each thread has a
// priority of its own, which the threads and processes that it starts inherit.
func lowerPriority() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		_ = unix.Setpriority(unix.PRIO_PROCESS, 0, niceness) // a wish
	}
	for _, thread := range threads {
		if tid, err := strconv.Atoi(thread.Name()); err == nil {
			_ = unix.Setpriority(unix.PRIO_PROCESS, tid, niceness)
		}
	}
}
