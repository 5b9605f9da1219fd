package memo

import (
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// contribute notes what this call's answer depends on, for the run that the
// call is part of: the fingerprints, tags and end of a result that was
// replayed or made.
func (c *call) contribute(res *store.Result, prints []fingerprint.Fingerprint) {
	if c.outer == nil {
		return
	}
	now := c.World.Now()
	give := contribution{Tags: res.Tags}
	if span := c.policy.lifetimeOf(res, c.hasDeps(), now); !span.never {
		give.Until = max(now.Add(span.left).UnixNano(), 1)
	}
	for _, fp := range prints {
		give.Prints = append(give.Prints, inherited(fp, c.World.Dir))
	}
	for _, pattern := range c.id.Patterns {
		if c.outer.sameEnv(c.World, pattern) {
			fp := c.taker.Take(fingerprint.Dependency{Kind: fingerprint.KindEnv, Pattern: pattern})
			give.Prints = append(give.Prints, inherited(fp, ""))
		}
	}
	c.given = give
}

// withhold says that the run that this call is part of can't be stored.
func (c *call) withhold(why string) { c.given = contribution{NoStore: why} }

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
	carried int64
	noStore string
}

// gather adds up contributions.
func gather(list []contribution) gathered {
	var g gathered
	for _, c := range list {
		for _, fp := range c.Prints {
			if !slices.ContainsFunc(g.prints, func(have fingerprint.Fingerprint) bool { return sameState(have, fp) }) {
				g.prints = append(g.prints, fp)
			}
		}
		g.tags = append(g.tags, c.Tags...)
		if c.Until != 0 && (g.until == 0 || c.Until < g.until) {
			g.until = c.Until
		}
		if c.Carried != 0 {
			g.carried = c.Carried
		}
		if c.NoStore != "" && g.noStore == "" {
			g.noStore = c.NoStore
		}
	}
	return g
}

// sameState reports whether two fingerprints say the same of the same
// dependency.
func sameState(a, b fingerprint.Fingerprint) bool {
	return a.Digest == b.Digest && a.Err == b.Err && a.Dep.Kind == b.Dep.Kind && a.Dep.Dir == b.Dep.Dir &&
		a.Dep.Pattern == b.Dep.Pattern && slices.Equal(a.Dep.Excludes, b.Dep.Excludes)
}

// nest opens the meeting place for calls below the run that is about to begin
// and returns the environment that leads them to it.
func (c *call) nest(rec *recording) []string {
	n, err := openNest(c.Store, nestHeader{
		Keys:    append(slices.Clone(c.outer.keys()), c.key),
		Started: c.World.Now().UnixNano(),
		Env:     c.World.Snapshot(),
	})
	if err != nil {
		if rec.refused == "" {
			rec.refused = "memo calls below could not report: " + rootCause(err).Error()
			c.outcome.Trouble = "result not stored: " + rootCause(err).Error()
		}
		return c.environ()
	}
	rec.nest = n
	return append(slices.Clone(c.environ()), ContextVar+"="+n.path)
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

// An Annotation is what a memoized command adds to its own result.
type Annotation struct {
	Tags    []string
	Deps    []string // as in [Command.Deps]
	Env     []string // as in [Command.Env]
	TTL     Expiry
	NoStore bool
}

// Annotate adds to the result of the run that this process is part of. A file
// that may have changed since that run began, or a variable that has another
// value here than it had there, keeps the result from being stored.
func (e *Enclosure) Annotate(w *fingerprint.World, a *Annotation) error {
	deps, err := fingerprint.ParseDependencies(a.Deps)
	if err != nil {
		return err
	}
	taker := &fingerprint.Taker{World: w, Dir: w.Dir}
	give := contribution{Tags: a.Tags}
	refuse := func(why string) {
		if give.NoStore == "" {
			give.NoStore = why
		}
	}
	began := time.Unix(0, e.header.Started)
	for _, dep := range deps {
		fp := taker.Take(dep)
		if fp.Err != "" || !taker.Before(&fp, began) {
			refuse("the annotated dependency " + dep.Pattern + " may have changed while it ran")
		}
		give.Prints = append(give.Prints, inherited(fp, w.Dir))
	}
	for _, name := range a.Env {
		if !e.sameEnv(w, name) {
			refuse("the annotated variable " + name + " was changed by the command")
			continue
		}
		fp := taker.Take(fingerprint.Dependency{Kind: fingerprint.KindEnv, Pattern: name})
		give.Prints = append(give.Prints, inherited(fp, ""))
	}
	if a.TTL.Given() {
		give.Carried = store.NoEnd
		if end, never := a.TTL.End(w.Now()); !never {
			give.Carried = end.UnixNano()
		}
	}
	if a.NoStore {
		refuse("the command asked for it")
	}
	e.begin()
	return e.end(give)
}
