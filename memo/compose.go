package memo

import (
	"path/filepath"
	"slices"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/store"
)

// contributeReplayed is contribute for a result that an earlier process
// recorded and whose dependencies still match. It passes their current stats
// to the outer run.
func (c *call) contributeReplayed(res *store.Result, prints []fingerprint.Fingerprint) {
	if c.outer == nil {
		return
	}
	renewed := make([]fingerprint.Fingerprint, len(prints))
	for i := range prints {
		renewed[i] = c.taker.Renew(&prints[i])
	}
	c.contribute(res, renewed)
}

// contribute sets what this call passes to the outer run: the fingerprints,
// tags and end of the result that the call replayed or made, and the variables
// of its key.
func (c *call) contribute(res *store.Result, prints []fingerprint.Fingerprint) {
	if c.outer == nil {
		return
	}
	now := c.World.Now()
	give := nest.Contribution{Tags: res.Tags}
	if span := c.policy.spanOf(res, c.hasDeps(), now); !span.NoEnd {
		give.Until = max(expiry.UnixNano(now.Add(span.Left)), 1)
	}
	for _, fp := range prints {
		give.Prints = append(give.Prints, c.passedUp(fp)...)
	}
	for _, name := range sortedUnique(append(slices.Clone(c.keyEnv()), c.id.Patterns...)) {
		// A variable that the outer command sets itself is no input of its run.
		if !c.outer.Keyed(name) && c.outer.SameEnv(c.World, name) {
			fp := c.taker.Take(fingerprint.Dependency{Kind: fingerprint.KindEnv, Pattern: name})
			give.Prints = append(give.Prints, nest.Inherited(fp, ""))
		}
	}
	c.given = give
}

// withhold keeps the outer run from being stored.
func (c *call) withhold(why string) { c.given = nest.Contribution{NoStore: why} }

// passUp contributes this call's run to the outer run. If the dependencies of
// the output are not fully known, it keeps the outer run from being stored.
func (c *call) passUp(rec *recording, res *store.Result, unusable Reason) {
	switch {
	case !unusable.IsZero():
		c.withhold("a memo call below was not recorded: " + unusable.Text)
	case rec.below.NoStore != "":
		c.withhold(rec.below.NoStore)
	case !c.policy.success(res.ExitCode) && c.policy.NegativeTTL <= 0:
		c.withhold("a memo call below failed")
	default:
		c.contribute(res, rec.prints)
	}
}

// passedUp returns a fingerprint as the outer run records it. If the outer
// command changed a variable, that variable is no dependency of the outer run.
// If it changed PATH, the outer run depends on a program by its path.
func (c *call) passedUp(fp fingerprint.Fingerprint) []fingerprint.Fingerprint {
	switch {
	case fp.Dep.Kind == fingerprint.KindEnv && !c.outer.SameEnv(c.World, fp.Dep.Pattern):
		return nil
	case fp.Dep.Kind == fingerprint.KindProgram && !c.outer.SameEnv(c.World, "PATH"):
		return c.withoutSearch(fp)
	}
	return []fingerprint.Fingerprint{nest.Inherited(fp, c.World.Dir)}
}

// withoutSearch splits the fingerprint of a program into fingerprints that
// don't depend on PATH: the program at its path, and its absence from the
// directories that come earlier in PATH.
func (c *call) withoutSearch(fp fingerprint.Fingerprint) []fingerprint.Fingerprint {
	dir := nest.Inherited(fp, c.World.Dir).Dep.Dir
	var prints []fingerprint.Fingerprint
	for i := range fp.Entries {
		path := fp.Entries[i].Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		dep := fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: path}
		if i == len(fp.Entries)-1 {
			dep.Kind = fingerprint.KindProgram
		}
		prints = append(prints, nest.Inherited(c.taker.Take(dep), dir))
	}
	return prints
}

// nest opens the file to which nested calls of the coming run report, and
// returns the environment that leads them to it.
func (c *call) nest(rec *recording, lock *store.Lock) []string {
	n, err := nest.Open(c.Store, lock, nest.Header{
		Keys:    append(slices.Clone(c.outer.Keys()), c.key),
		Started: c.World.Now().UnixNano(),
		Env:     c.World.Snapshot(),
		Keyed:   append(slices.Clone(c.keyEnv()), c.id.Patterns...),
		Store:   c.Store.IDs(),
	})
	if err != nil {
		if rec.refused.IsZero() {
			rec.refused = because(ReasonWriteFailed, "memo calls below could not report: "+storeTrouble(err))
			c.outcome.Trouble = "result not stored: " + rec.refused.Text
		}
		return c.environUnder(nest.Unrecorded())
	}
	rec.nest = n
	return c.environUnder(n.Context())
}

// environUnder returns the environment of a command, with the context that its
// nested memo calls find.
func (c *call) environUnder(context string) []string {
	return append(slices.Clone(c.environ()), nest.ContextVar+"="+context)
}

// gather collects the contributions of nested calls. It returns the reason why
// they are not fully known, or the zero Reason.
func (rec *recording) gather() Reason {
	if rec.nest == nil {
		return Reason{}
	}
	list, err := rec.nest.Contributions()
	if err != nil {
		return because(ReasonNestedCall, err.Error())
	}
	rec.below = nest.Gather(list)
	rec.prints = append(rec.prints, rec.below.Prints...)
	return Reason{}
}
