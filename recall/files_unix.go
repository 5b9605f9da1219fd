//go:build unix

package recall

import (
	"os"
	"runtime"
)

// programPath returns a path whose stat is that of the running program.
func programPath() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil // right even if the executable was replaced
	}
	return os.Executable()
}
