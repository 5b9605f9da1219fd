package process

import (
	"testing"
	"time"
)

// The time between two looks counts as one slice, however long it was.
func TestStopwatch(t *testing.T) {
	var w Stopwatch
	now := time.Unix(1000, 0)
	if got := w.Look(now); got != 0 || w.Started() {
		t.Errorf("before the start: %v, started %v", got, w.Started())
	}
	w.Start(now)
	for i, step := range []struct{ passes, want, next time.Duration }{
		{10 * time.Millisecond, 10 * time.Millisecond, Slice},
		{time.Hour, 10*time.Millisecond + Slice, Slice},
		{-time.Second, 10*time.Millisecond + Slice, Slice},
		{Slice, 10*time.Millisecond + 2*Slice, Slice - 10*time.Millisecond},
		{time.Hour, 10*time.Millisecond + 3*Slice, 0},
	} {
		now = now.Add(step.passes)
		w.Start(now) // no effect: it has been started
		if got := w.Look(now); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
		if got := w.Next(3 * Slice); got != step.next {
			t.Errorf("step %d: next look in %v, want %v", i, got, step.next)
		}
	}
}
