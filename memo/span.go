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

// A Span is the position of a result in its lifetime.
type Span struct {
	State Freshness
	Age   time.Duration
	// Left is how much longer the result is fresh; it is negative once the
	// result is no longer fresh. NoEnd says that no time ends the result, only
	// a dependency or an invalidation.
	Left  time.Duration
	NoEnd bool
	// Future says that the result was made later than now: the clock went back.
	Future bool
}

// Over returns the reason why a result is not fresh.
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
