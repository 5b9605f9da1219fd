package store

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// EvictOptions are the choices of [Store.Evict].
type EvictOptions struct {
	// Filter, if not nil, selects the results to count and evict.
	Filter func(Ref) bool
	// Wait bounds the wait for another process that evicts.
	Wait time.Duration
	// DryRun counts and writes nothing.
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

// Evict counts the results. If they exceed a bound, it removes the least
// valuable ones down to 90 % of each exceeded bound. It also sweeps leftovers
// of killed processes and corrects the totals. Only one process evicts at a
// time: if another one is still at it after o.Wait, the error is [ErrBusy].
// Evict takes about 0.5 s for 100,000 results, so it belongs in a detached
// process.
func (s *Store) Evict(b Bounds, o EvictOptions) (Eviction, error) {
	unlock, err := s.lockEviction(b, o)
	if err != nil {
		return Eviction{}, err
	}
	defer unlock()
	list, scanErr := s.entries(o.Filter)
	ev, gone, err := s.evictFrom(list, b, o)
	if !o.DryRun {
		swept, serr := s.sweep(s.now())
		ev.Swept = int64(swept)
		err = errors.Join(err, serr, s.settle(gone, b.policy(), true))
	}
	return ev, errors.Join(err, scanErr)
}

// lockEviction checks the bounds and takes the eviction lock. A dry run takes
// no lock.
func (s *Store) lockEviction(b Bounds, o EvictOptions) (unlock func(), err error) {
	if _, err := b.worth(); err != nil {
		return nil, err
	}
	if o.DryRun {
		return func() {}, nil
	}
	return s.lockMutex(evictMutex, exclusive, o.Wait)
}

// evictFrom evicts from list until it is within the bounds. gone are the
// removed entries.
func (s *Store) evictFrom(list []entry, b Bounds, o EvictOptions) (ev Eviction, gone []entry, err error) {
	ev.Results, ev.Size = total(list)
	if !b.exceeded(ev.Results, ev.Size) {
		return ev, nil, nil
	}
	usage, err := s.Usage()
	if err != nil {
		usage = &Usage{} // the policies then go by age
	}
	surplus, err := b.choose(list, usage.Of, s.now().UnixNano())
	if err != nil {
		return ev, nil, err
	}
	var errs []error
	for _, e := range surplus {
		if removed, err := s.evict(&e, o); err != nil {
			errs = append(errs, err)
		} else if removed {
			gone = append(gone, e)
			ev.Removed++
			ev.RemovedSize += e.size
		}
	}
	return ev, gone, errors.Join(errs...)
}

// choose sorts list by the policy and returns the entries to evict. use returns
// how a result was used.
func (b Bounds) choose(list []entry, use func(Ref) Use, now int64) ([]entry, error) {
	worth, err := b.worth()
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].use = use(list[i].ref)
	}
	rank(list, worth, now)
	if b.policy() == "gdsf" {
		spareLatest(list, now)
	}
	return list[:b.surplus(list)], nil
}

// surplus returns the number of entries to evict from the beginning of list.
func (b Bounds) surplus(list []entry) int {
	results, size := total(list)
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

// evict removes one result. It returns false if the result is already gone.
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

// settle records the evictions of a policy in the totals. With recount it also
// counts the results anew.
func (s *Store) settle(gone []entry, policy string, recount bool) error {
	if len(gone) == 0 && !recount {
		return nil
	}
	var failed error
	err := s.update(foldWait, func(t *totals) {
		t.settle(gone, policy, s.now().UnixNano())
		if recount {
			failed = s.recount(t)
		}
	})
	return errors.Join(err, failed)
}

// settle adds evictions. For gdsf, inflation becomes the highest evicted score.
func (t *totals) settle(gone []entry, policy string, now int64) {
	for i := range gone {
		e := &gone[i]
		t.add(&Event{Kind: Removed, Reason: Evicted, Time: now, Key: e.ref.Key, ID: e.ref.ID, Size: e.size}, now)
		if policy == "gdsf" {
			t.inflation = max(t.inflation, gdsf(e))
		}
	}
}
