package store

import (
	"errors"
	"runtime"
	"sync"
)

// EndOptions are the choices of [Store.End].
type EndOptions struct {
	// Selector and Match select the results that either of them matches.
	// A nil Match matches nothing. Match must be safe for concurrent use.
	Selector Selector
	Match    func(*Result) bool
	// Reason is recorded in the journal.
	Reason Reason
	// DryRun counts and removes nothing.
	DryRun bool
	// On, if not nil, is called before each removal, one call at a time.
	On func(Ref, *Reading)
}

// End removes every selected result and returns their number. It only frees
// space: the preceding call of [Store.Invalidate] has ended the results. Results
// stored after that call stay. Results that another process removes at the same
// time don't count. If a result can't be removed, End removes the others and
// returns an error.
func (s *Store) End(o EndOptions) (int, error) {
	var mark Mark
	if !o.DryRun && !o.Selector.Empty() {
		mark, _ = s.readMark() // unknown: no result is younger
	}
	if !o.DryRun {
		_ = s.update(0, nil) // labels the commands before their results are gone
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
			return // the next lookup or `memo gc --verify` removes it
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

// scan opens every result that candidate accepts and calls visit with it or
// with the error, from several goroutines. It closes the reading afterwards.
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
