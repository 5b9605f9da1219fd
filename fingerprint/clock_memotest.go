//go:build memotest

package fingerprint

import (
	"os"
	"time"
)

// clock is the clock of a [World] in a binary that was built for tests: the
// machine's, set forward by the Go duration in TESTING_MEMO_CLOCK (set back
// if it is negative).
func clock() time.Time {
	d, _ := time.ParseDuration(os.Getenv("TESTING_MEMO_CLOCK"))
	return time.Now().Add(d)
}
