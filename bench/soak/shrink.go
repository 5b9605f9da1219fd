//go:build linux

package main

import (
	"cmp"
	"slices"
	"time"
)

// A shrinker makes a sequence of steps that fails smaller. Fails does steps in
// a world of their own and reports whether the same rule is broken.
type shrinker struct {
	fails    func([]step) bool
	deadline time.Time
}

// A shrunk is what came of it.
type shrunk struct {
	steps []step
	again bool // it failed again
	// together is set if it fails only with operations that begin at the same
	// time, and so perhaps not every time.
	together bool
}

// attempts are how often steps are done before they count as harmless, if they
// fail only when things meet.
const attempts = 6

// shrink looks for the smallest part of steps that fails. It prefers one in
// which each operation waits for the one before it.
func (s *shrinker) shrink(steps []step) shrunk {
	if one := oneByOne(steps); s.fails(one) {
		return shrunk{steps: s.smaller(one, s.fails), again: true}
	}
	often := func(steps []step) bool {
		for range attempts {
			if s.fails(steps) {
				return true
			}
		}
		return false
	}
	if !often(steps) {
		return shrunk{steps: steps, together: true}
	}
	small := s.smaller(steps, often)
	return shrunk{steps: small, again: true, together: slices.ContainsFunc(small, func(s step) bool { return len(s) > 1 })}
}

func (s *shrinker) smaller(steps []step, fails func([]step) bool) []step {
	for before := -1; before != size(steps); {
		before = size(steps)
		steps = s.without(steps, fails)
		steps = s.thinner(steps, fails)
	}
	return s.simpler(steps, fails)
}

func size(steps []step) (n int) {
	for _, s := range steps {
		n += len(s)
	}
	return n
}

func (s *shrinker) late() bool { return time.Now().After(s.deadline) }

// without leaves out steps: halves of them, then quarters, and at last single
// ones, as long as it still fails (Zeller and Hildebrandt, "Simplifying and
// Isolating Failure-Inducing Input", 2002; complements only).
func (s *shrinker) without(steps []step, fails func([]step) bool) []step {
	for chunk := max(len(steps)/2, 1); ; chunk /= 2 {
		// From the end: what is done last is needed most, and is found to be first.
		for from := len(steps) - chunk; from > -chunk && len(steps) > 1; from -= chunk {
			if s.late() {
				return steps
			}
			rest := slices.Concat(steps[:max(from, 0)], steps[min(from+chunk, len(steps)):])
			if len(rest) > 0 && fails(rest) {
				steps = rest
			}
		}
		if chunk <= 1 {
			return steps
		}
	}
}

// thinner leaves out single operations of those that begin together.
func (s *shrinker) thinner(steps []step, fails func([]step) bool) []step {
	for i := range steps {
		for n := len(steps[i]) - 1; n >= 0 && len(steps[i]) > 1 && !s.late(); n-- {
			other := slices.Clone(steps)
			other[i] = slices.Delete(slices.Clone(steps[i]), n, n+1)
			if fails(other) {
				steps = other
			}
		}
	}
	return steps
}

// simpler takes flags away that do not matter.
func (s *shrinker) simpler(steps []step, fails func([]step) bool) []step {
	takeAway := []func(*invocation){
		func(i *invocation) { i.policy = policy{} },
		func(i *invocation) { i.ttl = "" },
		func(i *invocation) { i.swr = "" },
		func(i *invocation) { i.negative = "" },
		func(i *invocation) { i.staleIfError = "" },
		func(i *invocation) { i.maxWait, i.report, i.force = false, false, false },
		func(i *invocation) { i.tags = nil },
	}
	for i := range steps {
		for n := range steps[i] {
			if steps[i][n].inv == nil {
				continue
			}
			for _, take := range takeAway {
				if s.late() {
					return steps
				}
				inv := *steps[i][n].inv
				take(&inv)
				if slices.Equal(inv.args(), steps[i][n].inv.args()) {
					continue
				}
				other := slices.Clone(steps)
				other[i] = slices.Clone(steps[i])
				other[i][n].inv = &inv
				if fails(other) {
					steps = other
				}
			}
		}
	}
	return steps
}

// oneByOne returns the operations one after the other. A kill of a caller has
// none to meet then.
func oneByOne(steps []step) (all []step) {
	for _, s := range steps {
		inOrder := slices.SortedStableFunc(slices.Values(s), func(a, b op) int { return cmp.Compare(a.after, b.after) })
		for _, o := range inOrder {
			if o.kind == kill && o.name == "caller" {
				continue
			}
			all = append(all, step{o})
		}
	}
	return all
}
