package process

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Signals does nothing: a console event reaches the command itself.
type Signals struct{}

// Watch returns nil: there is nothing to watch.
func Watch(func(time.Duration) bool, bool) *Signals                  { return nil }
func (*Signals) Idle()                                               {}
func (*Signals) launch(start func() (*Child, error)) (*Child, error) { return start() }
func (*Signals) Received() []os.Signal                               { return nil }
func (*Signals) ending() <-chan struct{}                             { return nil }

// RestoreAllDefaults does nothing: Windows has no such signals.
func RestoreAllDefaults() {}

// DiesOfPipe returns false: Windows has no SIGPIPE.
func DiesOfPipe() bool { return false }

// RestoreDefaults does nothing: Windows has no such signals.
func RestoreDefaults() {}

// NotifyDeadly relays Ctrl-C, Ctrl-Break and the end of the console to a
// channel.
func NotifyDeadly(ch chan<- os.Signal) { signal.Notify(ch, os.Interrupt, syscall.SIGTERM) }

// Die does nothing: on Windows a process can't end itself by a signal.
func Die(os.Signal) {}
