package memo

import (
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/store"
)

// An Explanation says what a call would do now and why, with every input that
// decides it.
type Explanation struct {
	// State is what the call would do. Refused says that it would do nothing,
	// because there is no result and the policy allows no run. Warms says that
	// it would print nothing, and start a refresh unless a fresh result is
	// there.
	State   State
	Refused bool
	Warms   bool
	// Reason says why the call would not be a plain hit. Trouble says in a
	// clause what is wrong with the cache; empty if nothing is.
	Reason  Reason
	Trouble string
	// Variants says why the lookup rejected each recorded result, the newest
	// result first.
	Variants []VariantReason
	// EndsAtOnce says that a run would not be stored, because its lifetime is over
	// at once.
	EndsAtOnce bool
	// UnderWay says that a run of the same command is under way.
	UnderWay bool
	// Fallback is the result to serve if the command fails, or nil.
	Fallback *store.Result

	// Identity is what the key is made of; nil if the key was not made. Inputs
	// are its fields, beside those of Compared.
	Key      fingerprint.Key
	Identity *fingerprint.Identity
	Inputs   []Input
	// Dependencies are the declared dependencies of the call, the program, and
	// those that only Compared has.
	Dependencies []DependencyState
	// Compared is the result that the call would serve, or else the newest
	// result of the same key, or else the result that differs in the fewest
	// inputs; nil if there is none. Span is its span under the policy.
	Compared *store.Result
	Ref      store.Ref
	Span     Span
}

// Exact reports whether Compared has the key of the call.
func (e *Explanation) Exact() bool { return e.Compared != nil && e.Compared.Key == e.Key }

// A DependencyState is a dependency now and as a result recorded it.
type DependencyState struct {
	Dep fingerprint.Dependency
	// Now is the present state; nil if the call does not check the dependency.
	// Was is the recorded state; nil if the result does not record one.
	Now, Was *fingerprint.Fingerprint
	// Changes are the differences between the two, sorted by path.
	Changes []fingerprint.Change
	// Warning says that a path or glob stands for nothing now.
	Warning string
}

// Explain returns what Run would do now. It runs nothing but version commands,
// which Run also asks at every lookup, reads the command's Stdin to the end, and
// changes nothing in the store. The error is one that Run would return before
// any lookup.
func (r *Runner) Explain(cmd *Command, policy *Policy) (*Explanation, error) {
	soon := *policy
	soon.MaxWait = 0 // an explanation waits for its lookup
	c := &call{Runner: r, cmd: cmd, policy: &soon, arrived: r.World.Now(), explains: true}
	defer c.close()
	c.outer = nest.Find(r.World)
	defer c.outer.Close()
	d, err := c.decide()
	if err != nil {
		return nil, err
	}
	defer d.found.close()
	e := &Explanation{Reason: d.why, Trouble: d.trouble, Variants: c.outcome.Variants, Key: c.key}
	switch d.act {
	case actBypass:
		e.State = Bypass
		if c.taker != nil && !c.key.IsZero() && d.why.Code != ReasonOverBudget {
			e.explainInputs(c, nil)
		}
		return e, nil
	case actServe, actWarm:
		e.State = stateOf(d.found)
		e.Warms = d.act == actWarm
		if e.State == StaleHit {
			e.Reason = d.found.Over()
		}
	default:
		e.State, e.Refused = Miss, d.act == actRefuse
	}
	e.EndsAtOnce = policy.endsAtOnce(&store.Result{Created: c.arrived.UnixNano(), ExitCode: policy.goodCode()}, c.hasDeps())
	e.UnderWay = c.Store.Locked(c.key)
	if last := c.usableFallback(); last != nil && e.State == Miss {
		e.Fallback = last.Result
	}
	e.explainInputs(c, d.found)
	return e, nil
}

// stateOf returns what a call does that may serve a candidate, which is nil if
// there is none.
func stateOf(found *candidate) State {
	switch {
	case found == nil:
		return Miss
	case found.State == Fresh:
		return Hit
	}
	return StaleHit
}

// explainInputs sets the inputs and the dependencies, beside those of the
// result to compare with.
func (e *Explanation) explainInputs(c *call, found *candidate) {
	e.Identity = &c.id
	prints := e.compare(c, found)
	e.Inputs = InputsOf(&c.id, e.Compared)
	recorded := map[int]bool{} // which of prints have been paired
	for _, dep := range c.deps {
		state := DependencyState{Dep: dep, Warning: c.taker.Warning(dep)}
		for i := range prints {
			if !recorded[i] && !prints[i].Dep.Inherited && sameDependency(&prints[i].Dep, &dep) {
				recorded[i] = true
				state.Was = &prints[i]
				break
			}
		}
		e.Dependencies = append(e.Dependencies, state.take(c.taker))
	}
	for i := range prints {
		if recorded[i] {
			continue
		}
		state := DependencyState{Dep: prints[i].Dep, Was: &prints[i]}
		if e.Exact() { // inherited: the lookup checks it
			state = state.take(c.taker)
		}
		e.Dependencies = append(e.Dependencies, state)
	}
}

// compare chooses the result to compare with and returns its fingerprints.
func (e *Explanation) compare(c *call, found *candidate) []fingerprint.Fingerprint {
	var rd *store.Reading
	if found != nil {
		rd, e.Ref = found.Reading, found.ref
	} else {
		rd, e.Ref = c.newestVariant(e.Variants)
		if rd == nil {
			rd, e.Ref = c.Nearest(&c.id)
		}
		if rd == nil {
			return nil
		}
		defer rd.Close()
	}
	e.Compared = rd.Result
	e.Span = c.policy.spanOf(rd.Result, c.hasDeps(), c.arrived)
	return rd.Hinted()
}

// newestVariant opens the newest of the results of the key, or returns nil.
func (c *call) newestVariant(rejected []VariantReason) (*store.Reading, store.Ref) {
	refs := make([]store.Ref, 0, len(rejected))
	for _, v := range rejected {
		refs = append(refs, v.Ref)
	}
	if len(refs) == 0 { // a forced call makes no lookup
		refs, _ = c.Store.Variants(c.key)
	}
	for _, ref := range refs {
		if rd, err := c.Store.Open(ref); err == nil {
			return rd, ref
		}
	}
	return nil, store.Ref{}
}

// take sets the present state, beside the recorded one if there is one.
func (s DependencyState) take(taker *fingerprint.Taker) DependencyState {
	if s.Was == nil {
		now := taker.Take(s.Dep)
		s.Now = &now
		return s
	}
	now, changes := taker.Compare(s.Was)
	s.Now, s.Changes = &now, changes
	return s
}

// sameDependency reports whether two dependencies are the same declaration.
func sameDependency(a, b *fingerprint.Dependency) bool {
	return a.Kind == b.Kind && a.Pattern == b.Pattern && a.Counts == b.Counts && slices.Equal(a.Excludes, b.Excludes)
}
