//go:build !cgo && unix

package process

import "syscall"

// handle reports that there are no handlers but those of the Go runtime.
func (s *Signals) handle([]syscall.Signal) bool { return false }

// Listen has nothing to do: the Go runtime tells from the beginning.
func (s *Signals) Listen() {}

// take has nothing to do either.
func (s *Signals) take() {}

// setMoment does nothing: no handler needs to know.
func setMoment(moment) {}

// unhandle leaves the signal to the Go runtime.
func unhandle(syscall.Signal) {}
