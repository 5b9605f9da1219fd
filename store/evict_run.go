package store

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// EvictOptions are the choices of [Store.Evict].
type EvictOptions struct {
	// Filter, if not nil, chooses the results that are counted and evicted.
	Filter func(Ref) bool
	// Wait is how long to wait for another process that evicts.
	Wait time.Duration
	// DryRun only counts. Nothing is written.
	DryRun bool
	// On, if not nil, is called with each result and its size before it is
	// removed.
	On func(ref Ref, size int64)
}

// An Eviction is what [Store.Evict] found and did.
type Eviction struct {
	Results, Size               int64 // before
	Removed, RemovedSize, Swept int64
}

// Evict counts the results, and if they are over the bounds removes the least
// valuable ones down to 90 % of the bound, or of both if both are exceeded. It
// also removes what killed processes left behind, and corrects the totals. One
// process does so at a time: the error is [ErrBusy] if another one is at it.
// It is meant to run where nobody waits for it, some 0.5 s at 100,000 results.
func (s *Store) Evict(b Bounds, o EvictOptions) (Eviction, error) {
	worth, err := policyNamed(b.Policy)
	if err != nil {
		return Eviction{}, err
	}
	if !o.DryRun {
		unlock, err := s.lockMutex(evictMutex, exclusive, o.Wait)
		if err != nil {
			return Eviction{}, err
		}
		defer unlock()
		_ = s.update(foldWait, nil) // names the commands as long as their results are there
	}
	usage, err := s.Usage()
	if err != nil {
		usage = &Usage{} // by age then
	}
	list, scanErr := s.entries(o.Filter)
	ev := Eviction{Results: int64(len(list))}
	for i := range list {
		list[i].use = usage.Of(list[i].ref)
		ev.Size = addBytes(ev.Size, list[i].size)
	}
	var errs []error
	var gone []entry
	if b.exceeded(ev.Results, ev.Size) {
		rank(list, worth, s.now().UnixNano())
		for _, e := range list[:b.surplus(list, ev)] {
			if removed, err := s.evict(&e, o); err != nil {
				errs = append(errs, err)
			} else if removed {
				gone = append(gone, e)
				ev.Removed++
				ev.RemovedSize += e.size
			}
		}
	}
	if !o.DryRun {
		swept, err := s.Sweep(s.now())
		ev.Swept = int64(swept)
		errs = append(errs, err, s.settle(gone, b.Policy == "gdsf"))
	}
	return ev, errors.Join(append(errs, scanErr)...)
}

// surplus returns how many entries from the beginning of a list are to go.
func (b Bounds) surplus(list []entry, ev Eviction) int {
	results, size := ev.Results, ev.Size
	if b.MaxResults > 0 && results > b.MaxResults {
		b.MaxResults -= b.MaxResults / 10
	}
	if b.MaxSize > 0 && size > b.MaxSize {
		b.MaxSize -= b.MaxSize / 10
	}
	n := 0
	for n < len(list) && b.exceeded(results, size) {
		results--
		size -= list[n].size
		n++
	}
	return n
}

// evict removes one result, unless it went by itself meanwhile.
func (s *Store) evict(e *entry, o EvictOptions) (bool, error) {
	if o.DryRun {
		if o.On != nil {
			o.On(e.ref, e.size)
		}
		return true, nil
	}
	if _, err := os.Lstat(s.ResultPath(e.ref)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if o.On != nil {
		o.On(e.ref, e.size)
	}
	return true, s.end(e.ref, Evicted)
}

// settle writes into the totals what was evicted and what results there are.
// gdsf says by which scores, which is what its inflation is.
func (s *Store) settle(gone []entry, byGDSF bool) error {
	var failed error
	err := s.update(foldWait, func(t *totals) {
		now := s.now().UnixNano()
		for i := range gone {
			e := &gone[i]
			t.add(&Event{Kind: Removed, Reason: Evicted, Time: now, Key: e.ref.Key, ID: e.ref.ID, Size: e.size}, now)
			if byGDSF {
				t.inflation = max(t.inflation, gdsf(e))
			}
		}
		failed = s.recount(t)
	})
	return errors.Join(err, failed)
}
