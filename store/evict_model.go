package store

import "time"

// A Model simulates the eviction of a store without files or processes. It uses
// the bookkeeping and the policies of [Store.Evict] and serves to compare
// policies on traces of commands. It is not safe for concurrent use.
type Model struct {
	bounds  Bounds
	totals  *totals
	present map[uint64]entry
	size    int64
}

// NewModel returns an empty Model with the given bounds.
func NewModel(b Bounds) (*Model, error) {
	_, err := b.worth()
	return &Model{bounds: b, totals: newTotals(), present: map[uint64]entry{}}, err
}

// Store adds a result of size bytes from a run that took elapsed. It returns
// the evicted results, which may include ref.
func (m *Model) Store(ref Ref, size int64, elapsed time.Duration) []Ref {
	now := ref.Created
	m.totals.add(&Event{Kind: Stored, Time: now, Key: ref.Key, ID: ref.ID, Size: size, Elapsed: elapsed}, now)
	m.present[ref.ID] = entry{ref: ref, size: size}
	m.size += size
	if !m.bounds.exceeded(int64(len(m.present)), m.size) {
		return nil
	}
	list := make([]entry, 0, len(m.present))
	for _, e := range m.present {
		list = append(list, e)
	}
	// The only possible error is an unknown policy, which NewModel rejects.
	surplus, _ := m.bounds.choose(list, func(ref Ref) Use { return m.totals.uses[ref.ID] }, now)
	m.totals.settle(surplus, m.bounds.policy(), now)
	var gone []Ref
	for _, e := range surplus {
		m.drop(e.ref)
		gone = append(gone, e.ref)
	}
	return gone
}

// Hit records a hit at a time in nanoseconds since the epoch; saved is the run
// time that it saved.
func (m *Model) Hit(ref Ref, at int64, saved time.Duration) {
	m.totals.add(&Event{Kind: Hit, Time: at, Key: ref.Key, ID: ref.ID, Elapsed: saved}, at)
}

// Replace removes a result that is replaced by another.
func (m *Model) Replace(ref Ref) {
	if e, ok := m.present[ref.ID]; ok {
		m.totals.add(&Event{Kind: Removed, Reason: Replaced, Time: ref.Created, Key: ref.Key, ID: ref.ID, Size: e.size}, ref.Created)
		m.drop(ref)
	}
}

func (m *Model) drop(ref Ref) {
	m.size -= m.present[ref.ID].size
	delete(m.present, ref.ID)
}
