//go:build !cgo && unix

package process

import (
	"os/signal"
	"syscall"
)

// StartedIgnoring reports whether a signal was ignored when the process was
// started. Without cgo that is known of SIGHUP and SIGINT only: for the others
// the Go runtime has put its handler in place before any Go code runs.
func StartedIgnoring(sig syscall.Signal) bool { return signal.Ignored(sig) }
