//go:build unix

package recall

import (
	"os"
	"runtime"
)

// programPath returns a path whose stat is that of the program that runs.
func programPath() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil // what runs, even if its name was taken over
	}
	return os.Executable()
}
