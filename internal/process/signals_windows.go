package process

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Signals does nothing where there are none: a console event reaches the
// command by itself.
type Signals struct{}

// Watch returns nil, which is no watch.
func Watch(func(time.Duration) bool, bool) *Signals                  { return nil }
func (*Signals) Idle()                                               {}
func (*Signals) launch(start func() (*Child, error)) (*Child, error) { return start() }
func (*Signals) Received() []os.Signal                               { return nil }
func (*Signals) ending() <-chan struct{}                             { return nil }

// RestoreAllDefaults does nothing: there are no such signals here.
func RestoreAllDefaults() {}

// DiesOfPipe reports false: there is no SIGPIPE here.
func DiesOfPipe() bool { return false }

// RestoreDefaults does nothing: there are no such signals here.
func RestoreDefaults() {}

// NotifyDeadly passes Ctrl-C, Ctrl-Break and the end of the console to a
// channel.
func NotifyDeadly(ch chan<- os.Signal) { signal.Notify(ch, os.Interrupt, syscall.SIGTERM) }

// Die does nothing: a process can't end itself by a signal here.
func Die(os.Signal) {}
