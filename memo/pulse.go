package memo

import (
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

const (
	// beatEvery is how often a leader says that it is getting on.
	beatEvery = time.Second
	// blockedShare is the part of that time that it may be blocked on its output:
	// who reads in drops, a pager with a user for instance, is no better than who
	// doesn't read, but what merely is slower than the command is.
	blockedShare = 0.9
)

// pulse tells those who wait for this call that it is getting on, whatever it
// is at, until the returned func is called: not while its output is blocked,
// which must hold nobody up.
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
