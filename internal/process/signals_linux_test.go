package process

import (
	"os"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Only a process that would die of a signal can't have had it.
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

// A signal that was sent before the command was there, and heard of when it was
// over, ends this process.
func TestSignalBeforeShortCommand(t *testing.T) {
	s := watch(t)
	unwatch(s)
	if s.ch != nil {
		t.Skip("the Go runtime does not tell when a signal came")
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1} { // some shells catch SIGINT
		for range 20 {
			s := Watch(neverBlocked, false)
			launch := launchShell(t, "exit 0")
			c, err := s.launch(func() (*Child, error) {
				// To this thread: the handler has run when the call returns.
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				if err := unix.Tgkill(os.Getpid(), unix.Gettid(), sig); err != nil {
					t.Error(err)
				}
				return launch()
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.wait(s); got.Died != sig && s.Missed() != os.Signal(sig) {
				t.Errorf("%v before a short command: it ended with %+v, missed %v", sig, got, s.Missed())
			}
			unwatch(s)
		}
	}
}
