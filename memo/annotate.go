package memo

import (
	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/store"
)

// An Annotation is what a memoized command adds to its own result.
type Annotation struct {
	Tags []string
	Deps []string // as in [Command.Deps]
	Env  []string // as in [Command.Env]
	// TTL is how long the result lives from now on, whatever its reader says
	// and whatever it is made of. Of several the earliest end counts.
	TTL     expiry.Expiry
	NoStore bool
}

// Annotate adds to the result of the run that this process is part of. A file
// that may have changed since that run began, or a variable that has another
// value here than it had there, keeps the result from being stored; so does
// an annotation that can't be written. The error is about the annotation.
func Annotate(outer *nest.Enclosure, w *fingerprint.World, a *Annotation) error {
	deps, err := fingerprint.ParseDependencies(a.Deps)
	if err != nil {
		return err
	}
	for _, name := range a.Env {
		if err := fingerprint.ValidEnvName(name); err != nil {
			return err
		}
	}
	if !outer.Recorded() {
		return nil
	}
	outer.Begin()
	_ = outer.End(a.contribution(outer, w, deps)) // the run around sees that it is missing
	return nil
}

// contribution turns an annotation into what the outer run reads.
func (a *Annotation) contribution(outer *nest.Enclosure, w *fingerprint.World, deps []fingerprint.Dependency) nest.Contribution {
	taker := &fingerprint.Taker{World: w, Dir: w.Dir, Store: outer.Store()}
	give := nest.Contribution{Tags: a.Tags}
	refuse := func(why string) {
		if give.NoStore == "" {
			give.NoStore = why
		}
	}
	began := outer.Started()
	for _, dep := range deps {
		fp := taker.Take(dep)
		if fp.Err != "" || !taker.Before(&fp, began) {
			refuse("the annotated dependency " + dep.Pattern + " may have changed while it ran")
		}
		give.Prints = append(give.Prints, nest.Inherited(fp, w.Dir))
	}
	for _, name := range a.Env {
		if !outer.SameEnv(w, name) {
			refuse("the annotated variable " + name + " was changed by the command")
			continue
		}
		fp := taker.Take(fingerprint.Dependency{Kind: fingerprint.KindEnv, Pattern: name})
		give.Prints = append(give.Prints, nest.Inherited(fp, ""))
	}
	if a.TTL.Given() {
		give.Carried = store.NoEnd
		if end, never := a.TTL.End(w.Now()); !never {
			give.Carried = max(expiry.UnixNano(end), 1)
		}
	}
	if a.NoStore {
		refuse("the command asked for it")
	}
	return give
}
