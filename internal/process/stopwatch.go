package process

import "time"

// Slice is the longest time that a [Stopwatch] counts between two looks.
// Callers look at least this often.
const Slice = 50 * time.Millisecond

// A Stopwatch counts the time in which this process makes progress. If the
// process is stopped, or starved on a busy machine, more than a slice passes
// between two looks, and only the slice counts. So a wait for another process
// does not end early because this process stood still. The zero Stopwatch has
// not been started.
type Stopwatch struct {
	last  time.Time
	total time.Duration
}

// Start starts the stopwatch, unless it has been started.
func (w *Stopwatch) Start(now time.Time) {
	if w.last.IsZero() {
		w.last = now
	}
}

// Started reports whether the stopwatch has been started.
func (w *Stopwatch) Started() bool { return !w.last.IsZero() }

// Look counts the time since the last look and returns the total. The total is
// 0 if the stopwatch has not been started.
func (w *Stopwatch) Look(now time.Time) time.Duration {
	if w.Started() {
		w.total += min(max(now.Sub(w.last), 0), Slice)
		w.last = now
	}
	return w.total
}

// Within waits until done is closed, but no longer than limit by a [Stopwatch].
// It reports whether done was closed.
func Within(limit time.Duration, done <-chan struct{}) bool {
	var w Stopwatch
	for w.Start(time.Now()); w.Look(time.Now()) < limit; {
		select {
		case <-done:
			return true
		case <-time.After(w.Next(limit)):
		}
	}
	return false
}

// Next returns how long to wait before the next look, for a caller that waits
// until the total reaches limit.
func (w *Stopwatch) Next(limit time.Duration) time.Duration {
	return max(min(limit-w.total, Slice), 0)
}
