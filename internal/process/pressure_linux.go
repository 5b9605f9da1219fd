package process

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Starved returns how long processes of this machine have waited for a CPU so
// far, or 0 if the kernel does not say (before Linux 4.20; see
// Documentation/accounting/psi.rst). The value is up to 2 s old.
func Starved() time.Duration {
	text, err := os.ReadFile("/proc/pressure/cpu")
	if err != nil {
		return 0
	}
	some, _, _ := strings.Cut(string(text), "\n")
	_, total, _ := strings.Cut(some, "total=")
	micros, _ := strconv.ParseInt(total, 10, 64) // 0 if it is no number
	return time.Duration(micros) * time.Microsecond
}
