package refresh

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// session takes the process away from the console and its events.
func session() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}

// closeInherited does nothing: handles are inherited by name only.
func closeInherited() {}

// closeOnExec does nothing, as closeInherited.
func closeOnExec(uintptr) {}

func executable() (string, error) { return os.Executable() }

// lowerPriority makes this process yield to others.
func lowerPriority() {
	_ = windows.SetPriorityClass(windows.CurrentProcess(), windows.BELOW_NORMAL_PRIORITY_CLASS) // a wish
}
