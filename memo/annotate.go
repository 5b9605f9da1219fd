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
	// TTL is how long the result lives from now on. It takes precedence over
	// the reader's TTL; of several annotations, the earliest end counts.
	TTL     expiry.Expiry
	NoStore bool
}

// Annotate adds to the result of the run that this process is part of. The
// result is not stored if an annotated file may have changed since the run
// began, if an annotated variable differs from its value in the run, or if the
// annotation can't be written. The error reports an invalid annotation.
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
	// The outer run notices a contribution that is missing.
	_ = outer.End(a.contribution(outer, w, deps))
	return nil
}

// contribution converts the annotation to the form that the outer run reads.
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
