//go:build !memotest

package fingerprint

import "time"

// clock is the clock of a [World].
func clock() time.Time { return time.Now() }
