package store

import (
	"errors"
	"io/fs"
	"slices"
)

// maxVariants is how many results are kept under one key.
const maxVariants = 16

// Prune removes the results that keep, just committed under the same key,
// replaces: those in the same slot, with the same state of the dependencies,
// that are older than keep or have a time in the future. good returns the slot
// of a result: good or failed. Of the remaining results Prune keeps the newest
// maxVariants, but drops failures first, so that a failure never displaces a
// good result. It also removes corrupt results. It does not replace results of
// a newer memo, whose contents it can't judge. removed, if not nil, is called
// after each removal with the size in bytes.
func (s *Store) Prune(keep Ref, good func(*Result) bool, removed func(ref Ref, size int64)) error {
	refs, err := s.Variants(keep.Key)
	if err != nil || len(refs) < 2 {
		return err
	}
	variants, err := s.openVariants(refs, good)
	at := slices.IndexFunc(variants, func(v variant) bool { return v.ref == keep })
	if at < 0 {
		return err // another process removed it and prunes
	}
	kept := variants[at]
	now := s.now().UnixNano()
	remove := func(v variant, reason Reason) bool {
		end := func(ref Ref) error { return s.end(ref, reason) }
		if v.corrupt {
			end = s.Remove
		}
		if rerr := end(v.ref); rerr != nil {
			err = errors.Join(err, rerr)
			return false
		}
		if removed != nil {
			removed(v.ref, v.size)
		}
		return true
	}
	variants = slices.DeleteFunc(variants, func(v variant) bool {
		if v.corrupt {
			return remove(v, Corrupt)
		}
		older := v.ref.CompareAge(keep) > 0 || v.ref.Created > now && v.ref != keep
		return older && !v.newer && v.good == kept.good && sameState(v.result, kept.result) && remove(v, Replaced)
	})
	// The best first: good before failing, newer before older.
	slices.SortStableFunc(variants, func(a, b variant) int {
		switch {
		case a.good == b.good:
			return a.ref.CompareAge(b.ref)
		case a.good:
			return -1
		default:
			return 1
		}
	})
	for len(variants) > maxVariants {
		remove(variants[len(variants)-1], Evicted)
		variants = variants[:len(variants)-1]
	}
	return err
}

// A variant is one of the results under a key.
type variant struct {
	ref     Ref
	size    int64
	result  *Result // nil if corrupt
	good    bool
	corrupt bool
	newer   bool // written by a newer memo
}

// openVariants reads results and skips those that no longer exist.
func (s *Store) openVariants(refs []Ref, good func(*Result) bool) ([]variant, error) {
	var variants []variant
	var errs []error
	for _, ref := range refs {
		r, err := s.Open(ref)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if ce := (*CorruptError)(nil); errors.As(err, &ce) {
			variants = append(variants, variant{ref: ref, corrupt: true})
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		variants = append(variants, variant{ref: ref, size: r.Size(), result: r.Result, good: good(r.Result), newer: r.newer != ""})
		r.Close()
	}
	return variants, errors.Join(errs...)
}

// sameState reports whether two results come from the same state of the same
// dependencies, in any order.
func sameState(a, b *Result) bool {
	if len(a.Fingerprints) != len(b.Fingerprints) {
		return false
	}
	return slices.Equal(stateOf(a), stateOf(b))
}

// stateOf returns the sorted digests of the dependencies of a result.
func stateOf(r *Result) []string {
	state := make([]string, len(r.Fingerprints))
	for i, fp := range r.Fingerprints {
		state[i] = string(fp.Digest[:])
	}
	slices.Sort(state)
	return state
}
