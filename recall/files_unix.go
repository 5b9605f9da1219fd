//go:build unix

package recall

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// openPlain is or-ed to the flags of an open: no symlink is followed, and a
// FIFO in the place of a file does not block.
const openPlain = unix.O_NOFOLLOW | unix.O_NONBLOCK

// programPath returns a path whose stat is that of the program that runs.
func programPath() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil // what runs, even if its name was taken over
	}
	return os.Executable()
}
