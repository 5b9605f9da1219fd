package store

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// Counts are how often things happened.
type Counts struct {
	Hits            int64 `cbor:"1,keyasint,omitempty"`
	StaleHits       int64 `cbor:"2,keyasint,omitempty"`
	Misses          int64 `cbor:"3,keyasint,omitempty"`
	Refreshes       int64 `cbor:"4,keyasint,omitempty"`
	RefreshesFailed int64 `cbor:"5,keyasint,omitempty"`
	Errors          int64 `cbor:"6,keyasint,omitempty"`
	Bypasses        int64 `cbor:"7,keyasint,omitempty"`
	Stored          int64 `cbor:"8,keyasint,omitempty"`
	Replaced        int64 `cbor:"9,keyasint,omitempty"`
	Evictions       int64 `cbor:"10,keyasint,omitempty"`
	Invalidated     int64 `cbor:"11,keyasint,omitempty"`
	Corrupt         int64 `cbor:"12,keyasint,omitempty"`
	Expired         int64 `cbor:"13,keyasint,omitempty"`
	// Saved is the run time of the results that were replayed, Cost that of all
	// runs.
	Saved time.Duration `cbor:"14,keyasint,omitempty"`
	Cost  time.Duration `cbor:"15,keyasint,omitempty"`
	// MissReasons and StaleReasons count misses and stale hits by their reasons,
	// NotStored the runs, refreshes included, that were not stored. The sums may
	// be less than the counts above: earlier versions did not record reasons.
	MissReasons  ReasonCounts `cbor:"16,keyasint,omitempty"`
	StaleReasons ReasonCounts `cbor:"17,keyasint,omitempty"`
	NotStored    ReasonCounts `cbor:"18,keyasint,omitempty"`
}

// ReasonCounts holds how often each reason occurred; nil: none did.
type ReasonCounts map[Code]int64

// add adds n to the count of a reason. It ignores the zero code.
func (r *ReasonCounts) add(why Code, n int64) {
	if why == 0 || n == 0 {
		return
	}
	if *r == nil {
		*r = ReasonCounts{}
	}
	(*r)[why] += n
}

func (r *ReasonCounts) merge(o ReasonCounts) {
	for why, n := range o {
		r.add(why, n)
	}
}

// HitRate returns the share of lookups that were hits, stale ones included,
// between 0 and 1; 0 if there were none.
func (c *Counts) HitRate() float64 {
	hits := float64(c.Hits) + float64(c.StaleHits)
	if all := hits + float64(c.Misses); all > 0 {
		return hits / all
	}
	return 0
}

// add counts an event.
func (c *Counts) add(e *Event) {
	switch e.Kind {
	case Hit:
		c.Hits++
	case StaleHit:
		c.StaleHits++
		c.StaleReasons.add(e.Why, 1)
	case Miss:
		c.Misses++
		c.MissReasons.add(e.Why, 1)
	case Refresh:
		c.Refreshes++
	case RefreshFailed:
		c.RefreshesFailed++
	case Failed:
		c.Errors++
	case Bypass:
		c.Bypasses++
	case Stored:
		c.Stored++
	case Removed:
		c.removed(e.Reason)
	}
	c.Saved = addDuration(c.Saved, e.saved())
	c.Cost = addDuration(c.Cost, e.cost())
	c.NotStored.add(e.NotStored, 1)
}

func (c *Counts) removed(why Reason) {
	switch why {
	case Replaced:
		c.Replaced++
	case Evicted:
		c.Evictions++
	case Invalidated:
		c.Invalidated++
	case Corrupt:
		c.Corrupt++
	case Expired:
		c.Expired++
	}
}

// merge adds the counts of o.
func (c *Counts) merge(o *Counts) {
	c.Hits += o.Hits
	c.StaleHits += o.StaleHits
	c.Misses += o.Misses
	c.Refreshes += o.Refreshes
	c.RefreshesFailed += o.RefreshesFailed
	c.Errors += o.Errors
	c.Bypasses += o.Bypasses
	c.Stored += o.Stored
	c.Replaced += o.Replaced
	c.Evictions += o.Evictions
	c.Invalidated += o.Invalidated
	c.Corrupt += o.Corrupt
	c.Expired += o.Expired
	c.Saved = addDuration(c.Saved, o.Saved)
	c.Cost = addDuration(c.Cost, o.Cost)
	c.MissReasons.merge(o.MissReasons)
	c.StaleReasons.merge(o.StaleReasons)
	c.NotStored.merge(o.NotStored)
}

// saved is the run time that the event saved, cost the one that it took.
func (e *Event) saved() time.Duration {
	if e.Kind == Hit || e.Kind == StaleHit {
		return e.Elapsed
	}
	return 0
}

func (e *Event) cost() time.Duration {
	if e.Kind == Miss || e.Kind == Refresh || e.Kind == RefreshFailed {
		return e.Elapsed
	}
	return 0
}

// addDuration adds durations that are not negative and saturates.
func addDuration(a, b time.Duration) time.Duration {
	if sum := a + b; sum >= a {
		return sum
	}
	return math.MaxInt64
}

// A group is what all keys of one command begin with.
type group [fingerprint.GroupSize]byte

func groupOf(key fingerprint.Key) group { return group(key[:fingerprint.GroupSize]) }

// A CommandUse is how one command was used: all keys of one scope, argv and
// directory together.
type CommandUse struct {
	Key fingerprint.Key `cbor:"1,keyasint"` // the one that was used last
	// Argv, Dir and Scope come from one of its results, or from
	// [Store.NameCommand], cut to a bounded length. Argv is empty if there is
	// neither.
	Argv   []string      `cbor:"2,keyasint,omitempty"`
	Dir    string        `cbor:"3,keyasint,omitempty"`
	Scope  string        `cbor:"4,keyasint,omitempty"`
	Hits   int64         `cbor:"5,keyasint,omitempty"` // stale ones included
	Misses int64         `cbor:"6,keyasint,omitempty"` // runs, refreshes included
	Saved  time.Duration `cbor:"7,keyasint,omitempty"`
	Cost   time.Duration `cbor:"8,keyasint,omitempty"`
}

// weight orders commands by how much they matter.
func (c *CommandUse) weight() time.Duration { return addDuration(c.Saved, c.Cost) }

// commandTable holds the use of commands by their groups.
type commandTable map[group]*CommandUse

// add counts an event for its command.
func (t commandTable) add(e *Event) {
	hit := e.Kind == Hit || e.Kind == StaleHit
	run := e.Kind == Miss || e.Kind == Refresh || e.Kind == RefreshFailed
	if !hit && !run {
		return
	}
	c := t.of(e.Key)
	c.Key = e.Key
	if hit {
		c.Hits++
	} else {
		c.Misses++
	}
	c.Saved = addDuration(c.Saved, e.saved())
	c.Cost = addDuration(c.Cost, e.cost())
}

// merge adds the figures of o.
func (t commandTable) merge(o commandTable) {
	for _, from := range o {
		c := t.of(from.Key)
		c.Key = from.Key
		c.Hits += from.Hits
		c.Misses += from.Misses
		c.Saved = addDuration(c.Saved, from.Saved)
		c.Cost = addDuration(c.Cost, from.Cost)
	}
}

func (t commandTable) of(key fingerprint.Key) *CommandUse {
	c := t[groupOf(key)]
	if c == nil {
		c = &CommandUse{Key: key}
		t[groupOf(key)] = c
	}
	return c
}

// sorted returns the commands, those that matter most first.
func (t commandTable) sorted() []*CommandUse {
	list := make([]*CommandUse, 0, len(t))
	for _, c := range t {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *CommandUse) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(b.Hits+b.Misses, a.Hits+a.Misses),
			bytes.Compare(a.Key[:], b.Key[:]))
	})
	return list
}

// trim keeps the n commands that matter most.
func (t commandTable) trim(n int) {
	if len(t) <= n {
		return
	}
	for _, c := range t.sorted()[n:] {
		delete(t, groupOf(c.Key))
	}
}
