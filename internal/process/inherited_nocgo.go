//go:build !cgo && unix

package process

import (
	"os/signal"
	"syscall"
)

// StartedIgnoring reports whether a signal was ignored when the process
// started. Without cgo it can tell only for SIGHUP and SIGINT: for other
// signals the Go runtime installs its handler before any Go code runs.
func StartedIgnoring(sig syscall.Signal) bool { return signal.Ignored(sig) }
