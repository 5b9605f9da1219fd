package nest

import (
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Inherited returns the fingerprint of a nested call as one of the outer run. dir
// is the working directory of the call.
func Inherited(fp fingerprint.Fingerprint, dir string) fingerprint.Fingerprint {
	fp.Dep.Inherited = true
	if fp.Dep.Dir == "" {
		fp.Dep.Dir = dir
	}
	return fp
}

// Gathered is the sum of the contributions of nested calls.
type Gathered struct {
	Prints  []fingerprint.Fingerprint
	Tags    []string
	Until   int64 // the earliest end of a nested result, or 0
	Carried int64 // the earliest end that was set for the outer result itself, or 0
	NoStore string
}

// Gather returns the sum of contributions.
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

// stateOf returns a digest of a dependency and its state. Fingerprints with the
// same digest are interchangeable.
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

// Apply adds the tags and the end to a result. An end that was set for the result
// itself takes precedence over the ends of nested results.
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
