package memo

import (
	"fmt"
	"time"
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
	return because(code, "its lifetime ended "+FormatSpan(-s.Left)+" ago")
}

// FormatSpan shows a span of time to the precision that a person reads: in
// days and hours, in minutes and seconds, or in a fraction of a second.
func FormatSpan(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Truncate(100 * time.Millisecond).String()
	case d < time.Hour:
		return twoUnits(d, time.Minute, "m", time.Second, "s")
	case d < 2*day:
		return twoUnits(d, time.Hour, "h", time.Minute, "m")
	default:
		return twoUnits(d, day, "d", time.Hour, "h")
	}
}

// twoUnits shows a span in a unit and a smaller one, which is left out if there
// is none of it.
func twoUnits(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	text := fmt.Sprintf("%d%s", d/big, bigName)
	if rest := d % big / small; rest > 0 {
		text += fmt.Sprintf("%d%s", rest, smallName)
	}
	return text
}
