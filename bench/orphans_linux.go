package main

import (
	"errors"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of the background processes that
// memo leaves.
func adoptOrphans() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// awaitOrphans waits until all background processes have ended.
func awaitOrphans() {
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && !errors.Is(err, unix.EINTR) {
			return // there are none
		}
	}
}
