package memo

import (
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// beatEvery is how often a leader says that it is getting on.
const beatEvery = time.Second

// pulse tells those who wait for this call that it is getting on, whatever it
// is at, until the returned func is called: not while its output is blocked,
// which must hold nobody up.
func (c *call) pulse(lock *store.Lock) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	stopped := false
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(beatEvery, func() {
		mu.Lock()
		defer mu.Unlock()
		if stopped {
			return
		}
		if !c.out[0].blocked(beatEvery) && !c.out[1].blocked(beatEvery) {
			lock.Heartbeat()
		}
		timer.Reset(beatEvery)
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		timer.Stop()
	}
}
