//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

import (
	"errors"
	"os"
)

// The ways to hold a file lock.
const (
	lockExclusive = iota
	lockShared
	lockNone
)

// flock reports that there are no file locks that an open, unlinked file
// could carry on this platform: commands run without single flight.
func flock(*os.File, int) error { return errors.ErrUnsupported }
