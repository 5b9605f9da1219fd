//go:build unix && !linux

package process

import (
	"syscall"
	"time"
)

// defaultAction relies on the Go runtime, which dies of the signals that kill
// by default; SIGQUIT ends in its trace.
func defaultAction(syscall.Signal) {}

// runtimeAction has nothing to do: the handler was never taken away.
func runtimeAction(syscall.Signal) {}

// startup is the age at which a command can have a handler that would see a
// signal twice.
const startup = 2 * time.Millisecond

// unseen reports whether a signal was perhaps sent before the command, of that
// age when the signal was noted, was there.
func unseen(_ int, _ syscall.Signal, age time.Duration) bool { return age < startup }
