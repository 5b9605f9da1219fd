package store

import (
	"errors"
	"runtime"
	"sync"
)

// EndOptions are the choices of [Store.End].
type EndOptions struct {
	// Selector and Match choose results: those that either of them matches.
	// A nil Match matches nothing. Match is called from several goroutines.
	Selector Selector
	Match    func(*Result) bool
	// Reason is why the results end, for the journal.
	Reason Reason
	// DryRun only counts.
	DryRun bool
	// On, if not nil, is called for each result before it is removed, one call
	// at a time.
	On func(Ref, *Reading)
}

// End removes every result that the options choose and returns how many there
// were. It comes after [Store.Invalidate], which is what ends them: a result
// that a run put in place after that is left alone. Results that vanish
// meanwhile don't count; one that can't be removed makes an error, after all
// others have been removed.
func (s *Store) End(o EndOptions) (int, error) {
	var mark Mark
	if !o.DryRun && !o.Selector.Empty() {
		mark, _ = s.readMark() // unknown: no result is younger
	}
	if !o.DryRun {
		_ = s.update(0, nil) // names the commands as long as their results are there
	}
	var (
		mu      sync.Mutex
		n       int
		errs    []error
		removed batch
	)
	candidate := func(ref Ref) bool {
		return o.Match != nil || o.Selector.mayMatch(ref.Key)
	}
	err := s.scan(candidate, func(ref Ref, r *Reading, err error) {
		if err != nil {
			return // a miss, removed by the next lookup or `memo gc --verify`
		}
		younger := mark.Log == r.Result.Mark.Log && mark.Log != [16]byte{} && r.Result.Mark.Length >= mark.Length
		if !(o.Selector.Matches(r.Result) && !younger) && !(o.Match != nil && o.Match(r.Result)) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if o.On != nil {
			o.On(ref, r)
		}
		if !o.DryRun {
			if err := s.end(ref, o.Reason); err != nil {
				errs = append(errs, err)
				return
			}
			removed.add(s, Event{Kind: Removed, Reason: o.Reason, Key: ref.Key, ID: ref.ID, Size: r.Size()})
		}
		n++
	})
	removed.flush(s)
	return n, errors.Join(append(errs, err)...)
}

// scan opens every result whose name candidate accepts and calls visit with
// it, or with the error, from several goroutines. The reading is closed
// afterwards.
func (s *Store) scan(candidate func(Ref) bool, visit func(Ref, *Reading, error)) error {
	refs := make(chan Ref, 256)
	var wg sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ref := range refs {
				r, err := s.Open(ref)
				visit(ref, r, err)
				if err == nil {
					r.Close()
				}
			}
		})
	}
	var errs []error
	for ref, err := range s.All() {
		if err != nil {
			errs = append(errs, err)
		} else if candidate(ref) {
			refs <- ref
		}
	}
	close(refs)
	wg.Wait()
	return errors.Join(errs...)
}
