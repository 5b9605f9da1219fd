package event

import "os/exec"

// asGroup does nothing: the first process is killed when its time is over.
func asGroup(*exec.Cmd) {}
