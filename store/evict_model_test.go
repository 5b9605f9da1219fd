package store

import (
	"testing"
	"time"
)

// TestModelAgrees: the model evicts what the store does.
func TestModelAgrees(t *testing.T) {
	for _, policy := range Policies() {
		s, now := openAt(t, time.Unix(1_000_000, 0))
		b := Bounds{MaxResults: 20, Policy: policy}
		m, err := NewModel(b)
		must(t, err)
		var refs []Ref
		for i := range 60 {
			*now = now.Add(time.Second)
			ref := put(t, s, testKey(byte(i)), testResult(now.UnixNano()), "0123456789"[:i%10])
			elapsed := time.Duration(1+i*7%13) * time.Second
			refs = append(refs, ref)
			size := s.present([]entry{{ref: ref}})[0].size
			s.Record(Event{Kind: Stored, Key: ref.Key, ID: ref.ID, Size: size, Elapsed: elapsed})
			gone := m.Store(ref, size, elapsed)
			ev, err := s.Evict(b, EvictOptions{})
			if err != nil || ev.Removed != int64(len(gone)) {
				t.Fatalf("%s: %d evicted, the model %d: %v", policy, ev.Removed, len(gone), err)
			}
			for _, ref := range gone {
				if exists(s, ref) {
					t.Errorf("%s: the model alone evicts a result", policy)
				}
			}
			used := refs[i*i%len(refs)]
			if exists(s, used) {
				*now = now.Add(time.Second)
				s.Record(Event{Kind: Hit, Key: used.Key, ID: used.ID})
				m.Hit(used, now.UnixNano(), 0)
			}
		}
	}
}
