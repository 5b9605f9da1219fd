package process

import (
	"syscall"
	"testing"
)

// If a live process would die of a signal, it can't have received it.
func TestUnseen(t *testing.T) {
	for script, want := range map[string]bool{
		"exec sleep 60":                          true,
		"trap '' INT; exec sleep 60":             false,
		"trap : INT; while :; do sleep 60; done": false,
	} {
		c, err := launchShell(t, script)()
		if err != nil {
			t.Fatal(err)
		}
		pollUntil(t, func() bool { return unseen(c.pid, syscall.SIGINT, 0) == want })
		pollUntil(t, func() bool { return unseen(c.pid, syscall.SIGTERM, 0) })
		_ = syscall.Kill(c.pid, syscall.SIGKILL)
		c.wait(nil)
	}
	if unseen(1<<30, syscall.SIGINT, 0) {
		t.Error("a process that does not exist has not seen the signal")
	}
}
