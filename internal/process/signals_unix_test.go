//go:build unix

package process

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"
)

// sendSelf sends a signal to this process.
func sendSelf(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Fatal(err)
	}
}

// launchShell returns a func that starts a script.
func launchShell(t *testing.T, script string) func() (*Child, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	return func() (*Child, error) {
		return Start("/bin/sh", []string{"/bin/sh", "-c", script}, os.Environ(), []*os.File{null, null, null})
	}
}

// neverBlocked is the output of a command that is read at once.
func neverBlocked(time.Duration) bool { return false }

// pollUntil waits for a condition.
func pollUntil(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

// unwatch ends a watch, which otherwise lasts until the process ends.
func unwatch(s *Signals) {
	signal.Stop(s.ch)
	s.exit() // from now on signals are only recorded
}

// watch is Watch for the duration of a test.
func watch(t *testing.T) *Signals {
	s := Watch(neverBlocked, false)
	t.Cleanup(func() { unwatch(s) })
	return s
}

// A signal that comes while the command is being started ends it.
func TestSignalDuringStart(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := Watch(neverBlocked, false)
		launch := launchShell(t, "exec sleep 60")
		c, err := s.launch(func() (*Child, error) {
			sendSelf(t, sig)
			time.Sleep(20 * time.Millisecond)
			return launch()
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.wait(s); got.Died != sig {
			t.Errorf("%v during the start: the command ended with %+v", sig, got)
		}
		unwatch(s)
	}
}

// A signal that was sent to the command and to this process counts as received
// by both, even if the runtime relays it after the command has died of it.
func TestSignalAfterDeath(t *testing.T) {
	s := watch(t)
	c, err := s.launch(launchShell(t, "kill -INT $$"))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan Ending, 1)
	go func() { ended <- c.wait(s) }()
	pollUntil(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.child == exited
	})
	sendSelf(t, syscall.SIGINT)
	if got := <-ended; got.Died != syscall.SIGINT {
		t.Errorf("the command ended with %+v, want a death by SIGINT", got)
	}
	pollUntil(t, func() bool { return slices.Contains(s.Received(), os.Signal(syscall.SIGINT)) })
}

// Signals reach a command as long as it runs.
func TestSignalForwarded(t *testing.T) {
	s := watch(t)
	c, err := s.launch(launchShell(t, "exec sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan Ending, 1)
	go func() { ended <- c.wait(s) }()
	sendSelf(t, syscall.SIGTERM)
	if got := <-ended; got.Died != syscall.SIGTERM {
		t.Errorf("the command ended with %+v, want a death by SIGTERM", got)
	}
}

// A signal that comes after the command has exited does not change how this
// process ends. It is only recorded.
func TestSignalAfterExit(t *testing.T) {
	s := watch(t)
	c, err := s.launch(launchShell(t, "exit 42"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.wait(s); got.Code != 42 {
		t.Fatalf("the command ended with %+v", got)
	}
	sendSelf(t, syscall.SIGTERM)
	pollUntil(t, func() bool { return len(s.Received()) == 1 })
}
