//go:build unix

package event

import (
	"os/exec"
	"syscall"
)

// inGroup makes a command the leader of a process group. The whole group is
// killed at the command's time limit.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
