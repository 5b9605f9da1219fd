package event

import "os/exec"

// inGroup does nothing. Only the command itself is killed at its time limit.
func inGroup(*exec.Cmd) {}
