package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// The name of a result does not contain its scope. A scope with bounds of its
// own therefore has a roll, scopes/<digest of the name>: a list of its results,
// which saves opening every result of the store. A roll may also list results
// that are gone; readers check that. It may lack results, because a bound is new
// or a write failed, until it is rebuilt from the results themselves, once in
// [recountAfter].
//
// A roll consists of records in the journal's format: an event of kind Removed
// with the time of the last rebuild, then one of kind Stored for each result,
// with the time of its creation.
const (
	scopesDir = "scopes"
	// rollPart is the suffix of the roll that an eviction reads.
	rollPart = ".old"
	// fewResults is the number of results that can be checked in about 3 ms.
	fewResults = 1024
)

// A roll is the decoded list of a scope's results.
type roll struct {
	counted int64 // time of the last rebuild, 0 if unknown
	list    []entry
}

// rollPath returns the path of the roll of a scope.
func (s *Store) rollPath(scope string) string {
	h := fingerprint.NewFieldHash("memo scope 1")
	h.String("scope", scope)
	return s.Path(scopesDir, h.Sum().String())
}

// Enroll adds a stored result to the roll of a scope with bounds. It is best
// effort, like [Store.Record].
func (s *Store) Enroll(scope string, ref Ref) {
	info, err := os.Lstat(s.ResultPath(ref))
	if err != nil {
		return
	}
	e := Event{Kind: Stored, Time: ref.Created, Key: ref.Key, ID: ref.ID, Size: info.Size()}
	_ = s.appendRoll(scope, appendEvent(nil, &e))
}

func (s *Store) appendRoll(scope string, records []byte) error {
	path := s.rollPath(scope)
	return s.inDir(s.Path(scopesDir), func() error {
		f, err := openOwn(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE)
		if err != nil {
			return err
		}
		_, err = f.Write(records)
		return errors.Join(err, f.Close())
	})
}

// readRoll reads the roll of a scope, and the part that a killed eviction left
// behind. Sizes are those at the time of storing.
func (s *Store) readRoll(scope string) roll {
	var r roll
	seen := map[uint64]bool{}
	for _, suffix := range []string{rollPart, ""} {
		f, _, err := openPlain(s.rollPath(scope)+suffix, os.O_RDONLY)
		if err != nil {
			continue
		}
		// Unreadable records are missing until the next rebuild.
		_, _ = readJournal(f, func(e Event) {
			switch {
			case e.Kind == Removed:
				r.counted = e.Time
			case e.Kind == Stored && !seen[e.ID]:
				seen[e.ID] = true
				r.list = append(r.list, entry{ref: Ref{Key: e.Key, Created: e.Time, ID: e.ID}, size: e.Size})
			}
		})
		f.Close()
	}
	return r
}

// present returns the results of a list that still exist, with their sizes.
func (s *Store) present(list []entry) []entry {
	var there []entry
	for _, e := range list {
		if info, err := os.Lstat(s.ResultPath(e.ref)); err == nil {
			there = append(there, entry{ref: e.ref, size: info.Size()})
		}
	}
	return there
}

// due reports whether a roll must be rebuilt from the results.
func (s *Store) due(r *roll) bool {
	age := s.now().Sub(time.Unix(0, r.counted))
	return r.counted == 0 || age > recountAfter || age < -recountAfter
}

// ScopeOverBounds reports whether [Store.EvictScope] should run, after a file
// of added bytes was enrolled. It checks a small scope each time and a large one
// with a probability, as [Store.OverBounds] does. A large scope may exceed its
// bounds by 1/16.
func (s *Store) ScopeOverBounds(scope string, b Bounds, added int64) bool {
	info, err := os.Lstat(s.rollPath(scope))
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	if info.Size() > fewResults*eventSize && rand.Float64() >= b.probe(added) {
		return false
	}
	r := s.readRoll(scope)
	if s.due(&r) {
		return true
	}
	if results, size := total(r.list); !b.exceeded(results, size) {
		return false
	}
	if len(r.list) > fewResults {
		b.MaxResults += b.MaxResults / 16
		b.MaxSize += b.MaxSize / 16
		return b.exceeded(total(r.list))
	}
	return b.exceeded(total(s.present(r.list)))
}

// total returns the number and the size of entries.
func total(list []entry) (results, size int64) {
	for i := range list {
		size = addBytes(size, list[i].size)
	}
	return int64(len(list)), size
}

// EvictScope does for the results of one scope what [Store.Evict] does for all.
// With recount, and without it once in [recountAfter], it opens every result of
// the store; else it stats each result of the scope.
func (s *Store) EvictScope(scope string, b Bounds, recount bool, o EvictOptions) (Eviction, error) {
	unlock, err := s.lockEviction(b, o)
	if err != nil {
		return Eviction{}, err
	}
	defer unlock()
	if !o.DryRun {
		// From now on other processes write a new roll. If an old part exists,
		// an eviction was killed; the current roll then waits for the next one.
		path := s.rollPath(scope)
		if _, err := os.Lstat(path + rollPart); errors.Is(err, fs.ErrNotExist) {
			_ = os.Rename(path, path+rollPart) // the roll may not exist
		}
	}
	r := s.readRoll(scope)
	var scanErr error
	if recount || s.due(&r) {
		r.counted = s.now().UnixNano()
		r.list, scanErr = s.entriesOf(scope)
	}
	r.list = s.present(r.list)
	list := slices.Clone(r.list)
	if o.Filter != nil {
		list = slices.DeleteFunc(list, func(e entry) bool { return !o.Filter(e.ref) })
	}
	ev, gone, err := s.evictFrom(list, b, o)
	err = errors.Join(err, scanErr)
	if o.DryRun {
		return ev, err
	}
	r.list = s.present(r.list)
	return ev, errors.Join(err, s.settle(gone, b.policy(), false), s.replaceRoll(scope, &r))
}

// replaceRoll appends the remaining entries of the part that an eviction has
// read to the roll, and removes the part.
func (s *Store) replaceRoll(scope string, r *roll) error {
	records := appendEvent(nil, &Event{Kind: Removed, Time: r.counted})
	for i := range r.list {
		e := &r.list[i]
		records = appendEvent(records, &Event{Kind: Stored, Time: e.ref.Created, Key: e.ref.Key, ID: e.ref.ID, Size: e.size})
	}
	if err := s.appendRoll(scope, records); err != nil {
		return fmt.Errorf("write the roll of scope %q: %w", scope, bare(err))
	}
	return ignoreGone(os.Remove(s.rollPath(scope) + rollPart))
}

// entriesOf finds the results of a scope by opening every result of the store.
func (s *Store) entriesOf(scope string) ([]entry, error) {
	var list []entry
	var errs []error
	for ref, err := range s.All() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r, err := s.Open(ref)
		if err != nil {
			continue // damaged or gone
		}
		if r.Result.Scope == scope {
			list = append(list, entry{ref: ref, size: r.Size()})
		}
		r.Close()
	}
	return list, errors.Join(errs...)
}
