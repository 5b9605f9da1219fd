//go:build !cgo && unix

package memo

import "syscall"

// handle reports that there are no handlers but those of the Go runtime.
func (s *signals) handle([]syscall.Signal) bool { return false }

// listen has nothing to do: the Go runtime tells from the beginning.
func (s *signals) listen() {}

// take has nothing to do either.
func (s *signals) take() {}

// setMoment has nobody to tell.
func setMoment(moment) {}

// unhandle leaves the signal to the Go runtime.
func unhandle(syscall.Signal) {}
