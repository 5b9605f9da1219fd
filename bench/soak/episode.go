//go:build linux

package main

import (
	"slices"
	"time"
)

// episode returns steps about one command: calls that leave something in the
// store, something that should make a difference to it, and calls again.
func (p *planner) episode() []step {
	o := p.call()
	steps := p.repeat(o)
	for range 1 + p.rng.IntN(2) {
		if p.chance(40) {
			steps = append(steps, p.met(o)...)
		} else {
			steps = append(steps, step{p.concern(o.inv)})
		}
		if p.chance(25) {
			o.inv = p.vary(o.inv)
		}
		steps = append(steps, p.repeat(o)...)
	}
	return steps
}

// repeat makes a call up to three times. The first may store a result, the
// second may record its decision, and the third may be served by recall.
func (p *planner) repeat(o op) (steps []step) {
	for range 1 + p.rng.IntN(3) {
		o.after = 0
		if p.chance(75) {
			o.after = 25 * time.Millisecond // then the stats of files are trusted
		}
		steps = append(steps, step{o})
	}
	return steps
}

// met returns a call that something meets in the middle. If that changes an
// input, the input may change back afterwards: what the call saw must not be
// replayed then.
func (p *planner) met(o op) []step {
	if p.chance(60) { // so that it runs the command
		inv := *o.inv
		inv.force, inv.onlyCached, inv.maxWait = true, false, false
		o.inv = &inv
	}
	met := p.meeting(o.inv)
	o.after, met.after = 0, time.Duration(p.rng.IntN(90))*time.Millisecond
	steps := []step{{o, met}}
	if met.kind == invalidate && p.chance(50) { // its log may be replaced meanwhile
		harm := damageOp("invalidations", pick(p, "remove", "truncate", "flip"), p.rng.IntN(1<<20))
		harm.after = time.Duration(p.rng.IntN(90)) * time.Millisecond
		steps[0] = append(steps[0], harm)
	}
	if before, known := p.before[met.name]; known && met.kind == change && p.chance(60) {
		before.after = 0
		steps = append(steps, step{before})
		p.last[met.name] = before
	}
	return steps
}

// concern returns something that should make a difference to a command.
func (p *planner) concern(inv *invocation) op {
	switch n := p.rng.IntN(100); {
	case n < 60:
		return p.change(p.inputsOf(inv)...)
	case n < 80:
		return p.invalidation(inv)
	case n < 90:
		return op{kind: setClock, value: p.clock()}
	default:
		return p.disturbance()
	}
}

// meeting returns a concern that may come in the middle of calls.
func (p *planner) meeting(inv *invocation) op {
	for {
		// The clock and the variable are those of a whole step.
		if o := p.concern(inv); o.kind != setClock && o.kind != setVar {
			return o
		}
	}
}

// inputsOf returns the inputs of a command that can be changed; rarely that is
// the program.
func (p *planner) inputsOf(inv *invocation) []string {
	names := slices.DeleteFunc(slices.Clone(inv.words), func(word string) bool {
		return slices.Contains([]string{"self", "cwd", "var", "stdin", "slow", "big"}, word)
	})
	if len(names) == 0 || p.chance(10) {
		return []string{"self"}
	}
	return names
}
