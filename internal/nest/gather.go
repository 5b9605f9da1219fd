package nest

import (
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Inherited returns a fingerprint as one of the enclosing run.
func Inherited(fp fingerprint.Fingerprint, dir string) fingerprint.Fingerprint {
	fp.Dep.Inherited = true
	if fp.Dep.Dir == "" {
		fp.Dep.Dir = dir
	}
	return fp
}

// Gathered is what the calls below a run have contributed to it.
type Gathered struct {
	Prints  []fingerprint.Fingerprint
	Tags    []string
	Until   int64 // the earliest end, 0 if there is none
	Carried int64 // the earliest that was set for the run itself, 0 if none was
	NoStore string
}

// Gather adds up contributions.
func Gather(list []Contribution) Gathered {
	var g Gathered
	seen := map[fingerprint.Digest]bool{}
	for _, c := range list {
		for i := range c.Prints {
			if state := stateOf(&c.Prints[i]); !seen[state] {
				seen[state] = true
				g.Prints = append(g.Prints, c.Prints[i])
			}
		}
		g.Tags = append(g.Tags, c.Tags...)
		g.Until = earlier(g.Until, c.Until)
		g.Carried = earlier(g.Carried, c.Carried)
		if g.NoStore == "" {
			g.NoStore = c.NoStore
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
	h.Int("counts", int64(fp.Dep.Counts))
	h.Digest("digest", fp.Digest)
	h.String("error", fp.Err)
	return h.Sum()
}

// Apply makes what was gathered part of a result. An end that was set for the
// result itself beats those of the calls below.
func (g *Gathered) Apply(res *store.Result) {
	tags := slices.Concat(res.Tags, g.Tags)
	slices.Sort(tags)
	res.Tags = slices.Compact(tags)
	switch {
	case g.Carried != 0:
		res.Carried = g.Carried
	case g.Until != 0:
		res.Cap = g.Until
	}
}
