package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A score says how much a result is worth keeping; the least is evicted
// first. All policies judge the same figures.
type score func(*entry) float64

// policies returns the eviction policies by name.
func policies() map[string]score {
	return map[string]score{"lru": lru, "lfu": lfu, "fifo": fifo, "gdsf": gdsf}
}

// Policies returns the names of the eviction policies. The first is the
// default: what people expect of a cache. docs/eviction.md says when another
// one saves more.
func Policies() []string { return []string{"lru", "lfu", "fifo", "gdsf"} }

// policy returns the name of the policy that applies.
func (b Bounds) policy() string { return cmp.Or(b.Policy, Policies()[0]) }

// worth returns how the policy judges results. The error is about its name.
func (b Bounds) worth() (score, error) {
	if p := policies()[b.policy()]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("eviction policy %q: want one of %s", b.Policy, strings.Join(Policies(), ", "))
}

// lru keeps what was used or made last.
func lru(e *entry) float64 { return float64(e.lastUsed()) }

// lfu keeps what was used most often.
func lfu(e *entry) float64 { return float64(e.use.Hits) }

// fifo keeps what was made last.
func fifo(e *entry) float64 { return float64(e.ref.Created) }

// gdsf keeps what saves the most run time per byte: greedy-dual size frequency
// (Cherkasova, "Improving WWW proxies performance with greedy-dual-size-
// frequency caching policy", HP Laboratories HPL-98-69R1, 1998). The score is
// base + frequency * cost / size, in nanoseconds per byte, where base is the
// highest score that had been evicted when the result was used last, so that
// what was once popular ages. Besides, the latest few are spared: see
// [spareLatest].
func gdsf(e *entry) float64 {
	return e.use.base + (float64(e.use.Hits)+1)*float64(max(e.use.Cost, 1))/float64(max(e.size, 1))
}

// lastUsed is when a result was used, or made if it never was.
func (e *entry) lastUsed() int64 { return max(e.use.LastUsed, e.ref.Created) }

// rank sorts entries, those to evict first at the beginning. Among equals the
// one that was used longest ago goes first. No time counts as later than now:
// what a clock that went back left behind must not stay for ever.
func rank(list []entry, worth score, now int64) {
	type ranked struct {
		entry
		score float64
	}
	scored := make([]ranked, len(list))
	for i, e := range list {
		e.use.LastUsed, e.ref.Created = min(e.use.LastUsed, now), min(e.ref.Created, now)
		scored[i] = ranked{list[i], worth(&e)}
	}
	slices.SortFunc(scored, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.score, b.score),
			cmp.Compare(min(a.lastUsed(), now), min(b.lastUsed(), now)),
			cmp.Compare(a.ref.ID, b.ref.ID))
	})
	for i := range scored {
		list[i] = scored[i].entry
	}
}

// spareLatest moves the results that were made or used last to the end of a
// ranked list: a tenth of them, but no more than a tenth of the bytes, and at
// least one unless that has a quarter of the bytes. Else a result could be gone
// when its command is repeated right away, which a score of past use can't know;
// the idea is the window of W-TinyLFU (Einziger, Friedman, Manes, "TinyLFU: a
// highly efficient cache admission policy", ACM Transactions on Storage 13,
// 2017). By bench/sim it costs 0.4 points of the run time saved, where bounds are tight.
func spareLatest(list []entry, now int64) {
	latest := slices.Clone(list)
	slices.SortStableFunc(latest, func(a, b entry) int {
		return cmp.Compare(min(b.lastUsed(), now), min(a.lastUsed(), now))
	})
	_, all := total(list)
	spared := map[uint64]bool{}
	size := int64(0)
	for i, e := range latest[:max(1, len(latest)/10)] {
		if size += e.size; size > all/10 && (i > 0 || size > all/4) {
			break
		}
		spared[e.ref.ID] = true
	}
	slices.SortStableFunc(list, func(a, b entry) int {
		switch {
		case spared[a.ref.ID] == spared[b.ref.ID]:
			return 0
		case spared[b.ref.ID]:
			return -1
		default:
			return 1
		}
	})
}
