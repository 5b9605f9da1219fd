//go:build unix && !linux

package refresh

import (
	"os"

	"golang.org/x/sys/unix"
)

func closeInherited() { closeEach("/dev/fd") }

func executable() (string, error) { return os.Executable() }

// lowerPriority makes this process yield to others.
func lowerPriority() {
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, niceness) // a wish
}
