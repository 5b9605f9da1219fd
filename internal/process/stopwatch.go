package process

import "time"

// Slice is how often a [Stopwatch] has to be looked at, and how much it counts
// at most between two looks.
const Slice = 50 * time.Millisecond

// A Stopwatch counts the time in which this process got on. What waits for
// others by it gives them no less because this process was stopped, or starved
// on a busy machine: then more than a slice lies between two looks. The zero
// Stopwatch has not been started.
type Stopwatch struct {
	last  time.Time
	total time.Duration
}

// Start begins to count, unless the stopwatch has begun.
func (w *Stopwatch) Start(now time.Time) {
	if w.last.IsZero() {
		w.last = now
	}
}

// Started reports whether the stopwatch counts.
func (w *Stopwatch) Started() bool { return !w.last.IsZero() }

// Look counts the time since the last look and returns the total, which is 0
// if the stopwatch has not been started.
func (w *Stopwatch) Look(now time.Time) time.Duration {
	if w.Started() {
		w.total += min(max(now.Sub(w.last), 0), Slice)
		w.last = now
	}
	return w.total
}

// Within waits until done is closed, for up to limit by a [Stopwatch], and
// reports whether it was.
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

// Next returns after how much time to look again if what matters is when the
// total reaches limit.
func (w *Stopwatch) Next(limit time.Duration) time.Duration {
	return max(min(limit-w.total, Slice), 0)
}
