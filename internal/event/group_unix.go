//go:build unix

package event

import (
	"os/exec"
	"syscall"
)

// asGroup makes a command the first of a process group, all of which is killed
// when its time is over.
func asGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
