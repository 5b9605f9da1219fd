package memo

import (
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

const (
	// beatEvery is how often a leader touches its lock.
	beatEvery = time.Second
	// blockedShare is the share of that time above which the leader counts as
	// blocked on its output. A pager blocks the leader nearly all the time,
	// even if it reads a screen now and then; a reader that is merely slower
	// than the command does not.
	blockedShare = 0.9
)

// pulse touches the lock, so that the waiters see progress, until the caller
// calls stop. It pauses while the output is blocked, so that the waiters run
// the command themselves.
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

// waitedForReaders returns how long this call's output has been blocked so far.
func (c *call) waitedForReaders() time.Duration { return c.out[0].Waited() + c.out[1].Waited() }
