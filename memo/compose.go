package memo

import (
	"path/filepath"
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// contributeReplayed is contribute for a result that was recorded before, by a
// process that saw its dependencies in the state that they still have. What the
// run that this call is part of holds them to are their stats as they are now.
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

// contribute notes what this call's answer depends on, for the run that the
// call is part of: the fingerprints, tags and end of a result that was
// replayed or made, and the variables of its key.
func (c *call) contribute(res *store.Result, prints []fingerprint.Fingerprint) {
	if c.outer == nil {
		return
	}
	now := c.World.Now()
	give := contribution{Tags: res.Tags}
	if span := c.policy.spanOf(res, c.hasDeps(), now); !span.NoEnd {
		give.Until = max(clampNano(now.Add(span.Left)), 1)
	}
	for _, fp := range prints {
		give.Prints = append(give.Prints, c.passedUp(fp)...)
	}
	for _, name := range sortedUnique(append(slices.Clone(c.keyEnv()), c.id.Patterns...)) {
		// A variable that the outer command sets itself depends on nothing else.
		if !slices.Contains(c.outer.header.Keyed, name) && c.outer.sameEnv(c.World, name) {
			fp := c.taker.Take(fingerprint.Dependency{Kind: fingerprint.KindEnv, Pattern: name})
			give.Prints = append(give.Prints, inherited(fp, ""))
		}
	}
	c.given = give
}

// withhold says that the run that this call is part of can't be stored.
func (c *call) withhold(why string) { c.given = contribution{NoStore: why} }

// passUp contributes a run of this call. If it is not known what its output
// depends on, or whether that is all of it, the outer run can't be stored.
func (c *call) passUp(rec *recording, res *store.Result, unsound string) {
	switch {
	case unsound != "":
		c.withhold("a memo call below was not recorded: " + unsound)
	case rec.below.noStore != "":
		c.withhold(rec.below.noStore)
	case !c.policy.success(res.ExitCode) && c.policy.NegativeTTL <= 0:
		c.withhold("a memo call below failed")
	default:
		c.contribute(res, rec.prints)
	}
}

// passedUp returns a fingerprint as what it is for the enclosing run. Its
// variables may differ from those here: then one that it sets itself is none
// of its dependencies, and a program is one by its path.
func (c *call) passedUp(fp fingerprint.Fingerprint) []fingerprint.Fingerprint {
	switch {
	case fp.Dep.Kind == fingerprint.KindEnv && !c.outer.sameEnv(c.World, fp.Dep.Pattern):
		return nil
	case fp.Dep.Kind == fingerprint.KindProgram && !c.outer.sameEnv(c.World, "PATH"):
		return c.withoutSearch(fp)
	}
	return []fingerprint.Fingerprint{inherited(fp, c.World.Dir)}
}

// withoutSearch returns what the fingerprint of a program says without PATH:
// the program where it was found, and that there was none before it.
func (c *call) withoutSearch(fp fingerprint.Fingerprint) []fingerprint.Fingerprint {
	dir := inherited(fp, c.World.Dir).Dep.Dir
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
		prints = append(prints, inherited(c.taker.Take(dep), dir))
	}
	return prints
}

// inherited returns a fingerprint as one of the enclosing run.
func inherited(fp fingerprint.Fingerprint, dir string) fingerprint.Fingerprint {
	fp.Dep.Inherited = true
	if fp.Dep.Dir == "" {
		fp.Dep.Dir = dir
	}
	return fp
}

// gathered is what the calls below a run have contributed to it.
type gathered struct {
	prints  []fingerprint.Fingerprint
	tags    []string
	until   int64 // the earliest end, 0 if there is none
	carried int64 // the earliest that was set for the run itself, 0 if none was
	noStore string
}

// gather adds up contributions.
func gather(list []contribution) gathered {
	var g gathered
	seen := map[fingerprint.Digest]bool{}
	for _, c := range list {
		for i := range c.Prints {
			if state := stateOf(&c.Prints[i]); !seen[state] {
				seen[state] = true
				g.prints = append(g.prints, c.Prints[i])
			}
		}
		g.tags = append(g.tags, c.Tags...)
		g.until = earlier(g.until, c.Until)
		g.carried = earlier(g.carried, c.Carried)
		if g.noStore == "" {
			g.noStore = c.NoStore
		}
	}
	return g
}

// earlier returns the earlier of two ends, where 0 is none.
func earlier(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// stateOf is equal for two fingerprints that say the same of the same
// dependency.
func stateOf(fp *fingerprint.Fingerprint) fingerprint.Digest {
	h := fingerprint.NewFieldHash("memo inherited state 1")
	h.Int("kind", int64(fp.Dep.Kind))
	h.String("dir", fp.Dep.Dir)
	h.String("pattern", fp.Dep.Pattern)
	h.Strings("excludes", fp.Dep.Excludes)
	h.Digest("digest", fp.Digest)
	h.String("error", fp.Err)
	return h.Sum()
}

// nest opens the meeting place for calls below the run that is about to begin
// and returns the environment that leads them to it.
func (c *call) nest(rec *recording, lock *store.Lock) []string {
	n, err := openNest(c.Store, lock, nestHeader{
		Keys:    append(slices.Clone(c.outer.keys()), c.key),
		Started: c.World.Now().UnixNano(),
		Env:     c.World.Snapshot(),
		Keyed:   append(slices.Clone(c.keyEnv()), c.id.Patterns...),
		Store:   c.Store.Root(),
	})
	if err != nil {
		if rec.refused == "" {
			rec.refused = "memo calls below could not report: " + storeTrouble(err)
			c.outcome.Trouble = "result not stored: " + rec.refused
		}
		return c.environUnder(unrecordedContext())
	}
	rec.nest = n
	return c.environUnder(n.context())
}

// environUnder returns the environment of a command below which memo calls
// find a context.
func (c *call) environUnder(context string) []string {
	return append(slices.Clone(c.environ()), ContextVar+"="+context)
}

// gather collects what the calls below the run have left. It returns why that
// is not known, or "".
func (rec *recording) gather() string {
	if rec.nest == nil {
		return ""
	}
	list, err := rec.nest.contributions()
	if err != nil {
		return err.Error()
	}
	rec.below = gather(list)
	rec.prints = append(rec.prints, rec.below.prints...)
	return ""
}

// apply makes what was gathered part of a result. An end that was set for the
// result itself beats those of the calls below.
func (g *gathered) apply(res *store.Result) {
	res.Tags = sortedUnique(append(res.Tags, g.tags...))
	switch {
	case g.carried != 0:
		res.Carried = g.carried
	case g.until != 0:
		res.Cap = g.until
	}
}
