//go:build unix && !linux

package process

import (
	"syscall"
	"time"
)

// defaultAction relies on the Go runtime, which dies of the signals that kill
// by default. On SIGQUIT it prints a trace.
func defaultAction(syscall.Signal) {}

// runtimeAction does nothing, because defaultAction does not remove the
// handler.
func runtimeAction(syscall.Signal) {}

// startup is the age from which a command may have a handler, which would see a
// signal twice.
const startup = 2 * time.Millisecond

// unseen reports whether a signal may have been sent before the command
// existed. The command had the given age when the signal was recorded.
func unseen(_ int, _ syscall.Signal, age time.Duration) bool { return age < startup }
