package memo

import (
	"os"
	"os/signal"
	"syscall"
)

// signals does nothing where there are none: a console event reaches the
// command by itself.
type signals struct{}

func watchSignals([2]*sink, bool) *signals                           { return nil }
func (*signals) listen()                                             {}
func (*signals) idle()                                               {}
func (*signals) launch(start func() (*child, error)) (*child, error) { return start() }
func (*signals) received() []os.Signal                               { return nil }
func (*signals) missed() os.Signal                                   { return nil }
func (*signals) ending() <-chan struct{}                             { return nil }
func restoreDeadly()                                                 {}
func diesOfPipe() bool                                               { return false }

// DieAsOthers does nothing: there are no such signals here.
func DieAsOthers() {}

// NotifyDeadly has a channel told of Ctrl-C, Ctrl-Break and the console's end.
func NotifyDeadly(ch chan<- os.Signal) { signal.Notify(ch, os.Interrupt, syscall.SIGTERM) }

// Die does nothing: a process can't end itself by a signal here.
func Die(os.Signal) {}
