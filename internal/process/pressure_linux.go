package process

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Starved returns for how long processes of this machine had to wait for a CPU
// so far, 0 where the kernel does not say (Linux 4.20,
// Documentation/accounting/psi.rst). It is up to 2 s behind.
func Starved() time.Duration {
	text, err := os.ReadFile("/proc/pressure/cpu")
	if err != nil {
		return 0
	}
	some, _, _ := strings.Cut(string(text), "\n")
	_, total, _ := strings.Cut(some, "total=")
	micros, _ := strconv.ParseInt(total, 10, 64) // 0 if it is none
	return time.Duration(micros) * time.Microsecond
}
