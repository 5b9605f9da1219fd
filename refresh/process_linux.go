package refresh

import (
	"math"
	"os"

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
