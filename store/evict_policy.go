package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A score returns the value of a result; the lowest is evicted first.
type score func(*entry) float64

// policies returns the eviction policies by name.
func policies() map[string]score {
	return map[string]score{"lru": lru, "lfu": lfu, "fifo": fifo, "gdsf": gdsf}
}

// Policies returns the names of the eviction policies. The first is the
// default, as users expect of a cache. docs/eviction.md says when another
// policy saves more.
func Policies() []string { return []string{"lru", "lfu", "fifo", "gdsf"} }

// policy returns the name of the policy, or the default.
func (b Bounds) policy() string { return cmp.Or(b.Policy, Policies()[0]) }

// worth returns the score function of the policy, or an error if its name is
// unknown.
func (b Bounds) worth() (score, error) {
	if p := policies()[b.policy()]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("eviction policy %q: want one of %s", b.Policy, strings.Join(Policies(), ", "))
}

// lru evicts the least recently used result; storing counts as a use.
func lru(e *entry) float64 { return float64(e.lastUsed()) }

// lfu evicts the result with the fewest hits.
func lfu(e *entry) float64 { return float64(e.use.Hits) }

// fifo evicts the oldest result.
func fifo(e *entry) float64 { return float64(e.ref.Created) }

// gdsf evicts the result that saves the least run time per byte: greedy-dual
// size frequency
// (Cherkasova, "Improving WWW proxies performance with greedy-dual-size-
// frequency caching policy", HP Laboratories HPL-98-69R1, 1998). The score is
// base + frequency * cost / size, in nanoseconds per byte, where base is the
// highest score evicted so far at the time of the result's last use, so that
// results that were once popular age. The most recent results are spared; see
// [spareLatest].
func gdsf(e *entry) float64 {
	return e.use.base + (float64(e.use.Hits)+1)*float64(max(e.use.Cost, 1))/float64(max(e.size, 1))
}

// lastUsed returns the time of the last use, or of the creation if there was
// none.
func (e *entry) lastUsed() int64 { return max(e.use.LastUsed, e.ref.Created) }

// rank sorts entries in the order of their eviction. Among equal scores the
// least recently used comes first. Times after now count as now, so that
// results from before a clock was set back do not stay forever.
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

// spareLatest moves the most recently used results to the end of a ranked list:
// at most a tenth of the results and a tenth of the bytes, but at least one
// result unless it has more than a quarter of the bytes. A new result has no
// past use to score and would otherwise be evicted before its command runs
// again. The idea is the window of W-TinyLFU (Einziger, Friedman, Manes,
// "TinyLFU: a highly efficient cache admission policy", ACM Transactions on
// Storage 13, 2017). In bench/sim it costs 0.4 points of the run time saved if
// the bounds are tight.
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
