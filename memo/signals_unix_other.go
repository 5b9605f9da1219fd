//go:build unix && !linux

package memo

import "syscall"

// defaultAction relies on the Go runtime, which dies of the signals that kill
// by default; SIGQUIT ends in its trace.
func defaultAction(syscall.Signal) {}
