package memo

import (
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

const (
	// beatEvery is how often a leader touches its lock.
	beatEvery = time.Second
	// blockedShare is the part of that time that it may be blocked on its output.
	// A pager that reads a screen at a time blocks the leader as one that does not
	// read; a reader that is only slower than the command does not.
	blockedShare = 0.9
)

// pulse shows the waiters that this call makes progress, until the returned func
// is called. It pauses while the output is blocked, so that the waiters run by
// themselves.
func (c *call) pulse(lock *store.Lock) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	stopped := false
	last, before := time.Now(), c.waitedForReaders()
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(beatEvery, func() {
		mu.Lock()
		defer mu.Unlock()
		if stopped {
			return
		}
		now, waited := time.Now(), c.waitedForReaders()
		if float64(waited-before) < blockedShare*float64(now.Sub(last)) {
			lock.Heartbeat()
		}
		last, before = now, waited
		timer.Reset(beatEvery)
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		timer.Stop()
	}
}

// waitedForReaders returns for how long this call's output was blocked so far.
func (c *call) waitedForReaders() time.Duration { return c.out[0].Waited() + c.out[1].Waited() }
