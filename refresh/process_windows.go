package refresh

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// session detaches the process from the console and its events.
func session() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}

// closeInherited does nothing: a process inherits only handles that are listed.
func closeInherited() {}

// closeOnExec does nothing, like closeInherited.
func closeOnExec(uintptr) {}

func executable() (string, error) { return os.Executable() }

// lowerPriority makes this process yield to others.
func lowerPriority() {
	_ = windows.SetPriorityClass(windows.CurrentProcess(), windows.BELOW_NORMAL_PRIORITY_CLASS) // best effort
}
