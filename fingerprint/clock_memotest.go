//go:build memotest

package fingerprint

import (
	"os"
	"time"
)

// clock is the clock of a [World] in a binary built for tests: the machine's
// clock plus the Go duration in TESTING_MEMO_CLOCK, which may be negative.
func clock() time.Time {
	d, _ := time.ParseDuration(os.Getenv("TESTING_MEMO_CLOCK"))
	return time.Now().Add(d)
}
