package main

import (
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// overhead is what the file of a result takes besides the output, roughly.
const overhead = 700

// figures are what a policy makes of a trace.
type figures struct {
	requests, hits int
	saved, cost    time.Duration // run time of hits, of all requests
}

// hitRate and savedShare are in percent.
func (f *figures) hitRate() float64    { return 100 * float64(f.hits) / float64(max(f.requests, 1)) }
func (f *figures) savedShare() float64 { return 100 * float64(f.saved) / float64(max(f.cost, 1)) }

// replay runs a trace against a store within bounds, a negative size being
// none. A call is a hit if the result of the command is there and is not older
// than its lifetime; else the command runs and its result replaces the former
// one.
func replay(t *trace, b store.Bounds) (figures, error) {
	var f figures
	m, err := store.NewModel(b)
	if err != nil {
		return f, err
	}
	kept := map[string]store.Ref{}
	names := map[uint64]string{}
	for i, r := range t.requests {
		f.requests++
		f.cost += r.took
		// Later than the epoch, and no two requests at one time.
		at := int64(time.Hour) + int64(r.at) + int64(i)
		ref, there := kept[r.command]
		if there && (r.ttl == 0 || at-ref.Created < int64(r.ttl)) {
			f.hits++
			f.saved += r.took
			m.Hit(ref, at, r.took)
			continue
		}
		if there {
			m.Replace(ref)
		}
		ref = store.Ref{Created: at, ID: uint64(i + 1)}
		kept[r.command], names[ref.ID] = ref, r.command
		for _, gone := range m.Store(ref, r.size+overhead, r.took) {
			delete(kept, names[gone.ID])
		}
	}
	return f, nil
}
