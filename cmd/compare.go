package cmd

import (
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// What `memo list` looks at to find out whether the dependencies of all its
// results have changed: what takes about a second.
const (
	listEntries = 200_000
	listBytes   = 256 << 20
)

// A comparison finds out whether the dependencies of results have changed.
type comparison struct {
	// budget bounds the work for all results together; nil: nothing does.
	budget *fingerprint.Budget
	takers map[string]*fingerprint.Taker // by directory
}

// of returns why a result is out of date, and whether that is known. A version
// command is not run.
func (c *comparison) of(m *entryMaker, res *store.Result, prints []fingerprint.Fingerprint) (why memo.Reason, known bool) {
	taker := m.takerFor(res)
	if shared := c.takers[taker.Dir]; shared != nil {
		taker = shared
	} else if c.takers != nil {
		c.takers[taker.Dir] = taker
	}
	if c.budget == nil {
		return memo.OutOfDate(taker, prints), true
	}
	entries := 0
	for i := range prints {
		entries += len(prints[i].Entries)
	}
	if !c.budget.Spend(entries) {
		return memo.Reason{}, false
	}
	taker.Budget, taker.Bounded = c.budget, func(fingerprint.Dependency) bool { return true }
	why = memo.OutOfDate(taker, prints)
	return why, why.IsZero() || c.budget.Blamed() == nil
}
