package store

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

const (
	// maxBuckets bounds the hours that are counted one by one to 90 days of
	// them. The earliest are dropped: by number and not by age, because a clock
	// that is wrong for a moment must not cost what was counted.
	maxBuckets = 90 * 24
	// maxCommands and maxBucketCommands bound the commands that are counted
	// one by one, over all time and in one hour; those that matter least are
	// dropped.
	maxCommands       = 4096
	maxBucketCommands = 32
	// maxUses bounds the results whose use is known, ten times the default
	// bound on results. Those that were used longest ago are dropped.
	maxUses = 1 << 20
)

// A Use is how one result was used.
type Use struct {
	LastUsed int64 // nanoseconds since the epoch, 0 if never
	Hits     int64 // stale ones included
	Saved    time.Duration
	// Size is the size of the file in bytes, Cost the time of the run that made it.
	Size int64
	Cost time.Duration
	// base is the eviction score below which results had been evicted when
	// this one was used last; see [gdsf].
	base float64
}

// A bucket is what happened in one hour.
type bucket struct {
	counts   Counts
	commands commandTable
}

// totals is the sum of all events up to some point of the journal. It is not safe
// for concurrent use.
type totals struct {
	since     int64 // when counting began, nanoseconds since the epoch
	counted   int64 // when the results were last counted exactly, 0 never
	inflation float64
	// folded holds, for each part of the journal, how many of its bytes the totals
	// contain.
	folded map[string]int64

	counts   Counts
	buckets  map[int64]*bucket // by hours since the epoch
	commands commandTable
	uses     map[uint64]Use // by the results' IDs
}

func newTotals() *totals {
	return &totals{buckets: map[int64]*bucket{}, commands: commandTable{}, uses: map[uint64]Use{}}
}

// size returns the bytes of all results that are known.
func (t *totals) size() int64 {
	var n int64
	for _, u := range t.uses {
		n = addBytes(n, u.Size)
	}
	return n
}

// hourOf returns the hour of a time. One in the future, which a clock that
// went back leaves behind, counts as now.
func hourOf(at, now int64) int64 { return min(at, now) / int64(time.Hour) }

// add adds an event.
func (t *totals) add(e *Event, now int64) {
	if t.since == 0 || e.Time < t.since {
		t.since = min(e.Time, now)
	}
	t.counts.add(e)
	t.commands.add(e)
	b := t.bucket(hourOf(e.Time, now))
	b.counts.add(e)
	b.commands.add(e)
	switch e.Kind {
	case Stored:
		u := t.uses[e.ID]
		u.Size, u.Cost, u.base = e.Size, e.Elapsed, t.inflation
		t.uses[e.ID] = u
	case Removed:
		delete(t.uses, e.ID)
	case Hit, StaleHit:
		// Count only known results: a hit that is read after the end of its result
		// must not bring the result back.
		if u, ok := t.uses[e.ID]; ok {
			u.Hits++
			u.LastUsed = max(u.LastUsed, min(e.Time, now))
			u.Saved = addDuration(u.Saved, e.Elapsed)
			u.base = t.inflation
			t.uses[e.ID] = u
		}
	}
}

func (t *totals) bucket(hour int64) *bucket {
	b := t.buckets[hour]
	if b == nil {
		b = &bucket{commands: commandTable{}}
		t.buckets[hour] = b
	}
	return b
}

// trim drops the least important entries that exceed the bounds.
func (t *totals) trim() {
	if hours := slices.Sorted(maps.Keys(t.buckets)); len(hours) > maxBuckets {
		for _, hour := range hours[:len(hours)-maxBuckets] {
			delete(t.buckets, hour)
		}
	}
	for _, b := range t.buckets {
		b.commands.trim(maxBucketCommands)
	}
	t.commands.trim(maxCommands)
	if len(t.uses) <= maxUses {
		return
	}
	ids := make([]uint64, 0, len(t.uses))
	for id := range t.uses {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uint64) int {
		return cmp.Or(cmp.Compare(t.uses[b].LastUsed, t.uses[a].LastUsed), cmp.Compare(a, b))
	})
	for _, id := range ids[maxUses:] {
		delete(t.uses, id)
	}
}

// reset forgets what was counted, but not the results there are and how they
// were used, by which the next eviction chooses.
func (t *totals) reset(now int64) {
	t.since, t.counts = now, Counts{}
	t.buckets, t.commands = map[int64]*bucket{}, commandTable{}
}

// addBytes adds sizes that are not negative and saturates.
func addBytes(a, b int64) int64 {
	if sum := a + b; sum >= a {
		return sum
	}
	return math.MaxInt64
}
