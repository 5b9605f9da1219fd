package memo

import (
	"time"

	"github.com/seed-f39940ff/memo/expiry"
)

// A Freshness is how a result's age compares to its lifetime.
type Freshness uint8

const (
	Expired Freshness = iota
	Stale
	Fresh
)

// A Span is where a result is in its lifetime.
type Span struct {
	State Freshness
	Age   time.Duration
	// Left is how much longer the result is fresh, negative if it no longer
	// is. NoEnd says that only a dependency ends it.
	Left  time.Duration
	NoEnd bool
	// Future says that it was made later than now: the clock went back.
	Future bool
}

// Over says why a result is no longer fresh.
func (s Span) Over() Reason {
	code := ReasonExpired
	switch {
	case s.Future:
		return because(ReasonFuture, "made in the future: the clock went back")
	case s.Left > 0:
		return because(ReasonFailedResult, "a failing result that is not kept")
	case s.State == Stale:
		code = ReasonStale
	}
	return because(code, "its lifetime ended "+expiry.FormatSpan(-s.Left)+" ago")
}
