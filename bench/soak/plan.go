//go:build linux

package main

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A plan is what is done in a world: everything random is decided before it
// begins, so that parts of it can be done again.
type plan struct {
	recall bool
	disk   bool // the store lies on a small disk of its own
	steps  []step
}

// A planner makes up a plan.
type planner struct {
	rng     *rand.Rand
	pool    []*invocation // keys; calls of one differ in their policy
	keepers bool
	callers int
	disk    bool
	mends   []op // of faults that would otherwise last
}

// newPlan makes up the plan of a world. Nothing but the arguments decides it.
func newPlan(seed, world uint64, o *options) plan {
	p := &planner{rng: rand.New(rand.NewPCG(seed, world)), callers: o.callers}
	pl := plan{recall: o.recall != "off" && (o.recall == "on" || world%2 == 0), disk: o.mount && p.rng.IntN(3) == 0}
	p.disk, p.keepers = pl.disk, p.rng.IntN(4) == 0
	for range 2 + p.rng.IntN(4) {
		inv := p.newInvocation()
		p.pool = append(p.pool, inv)
		if !inv.stdin && p.chance(20) {
			outer := *inv
			outer.nested = true
			p.pool = append(p.pool, &outer)
		}
	}
	for len(pl.steps) < o.steps {
		pl.steps = append(pl.steps, p.next()...)
	}
	return pl
}

// pick returns one of the choices.
func pick[T any](p *planner, choices ...T) T { return choices[p.rng.IntN(len(choices))] }

func (p *planner) chance(percent int) bool { return p.rng.IntN(100) < percent }

// next returns the next steps.
func (p *planner) next() []step {
	if len(p.mends) > 0 && p.chance(20) {
		mend := p.mends[0]
		p.mends = p.mends[1:]
		return []step{{mend}}
	}
	switch n := p.rng.IntN(100); {
	case n < 40:
		return p.calls()
	case n < 55:
		return []step{p.together()}
	case n < 60:
		return []step{{op{kind: settle}}}
	default:
		return []step{{p.disturbance(n >= 80)}}
	}
}

// calls repeats a call: the first may leave something for the others.
func (p *planner) calls() []step {
	o := p.call()
	steps := []step{{o}}
	for p.chance(60) && len(steps) < 4 {
		if p.chance(60) {
			o.after = 25 * time.Millisecond // then what is recorded may be trusted
		}
		steps = append(steps, step{o})
	}
	return steps
}

// together begins calls at the same time, mostly of the same command, and
// perhaps something that meets them.
func (p *planner) together() step {
	first := p.call()
	s := step{first}
	for range p.callers - 1 {
		o := p.call()
		if p.chance(80) {
			o.inv = p.vary(first.inv)
			o.dir, o.stdin = first.dir, first.stdin
		}
		s = append(s, o)
	}
	if p.chance(40) {
		s = append(s, op{kind: kill, name: "caller"})
	} else if p.chance(60) {
		o := p.disturbance(p.chance(50))
		for o.kind == setClock || o.kind == setVar { // those are for a whole step
			o = p.disturbance(false)
		}
		s = append(s, o)
	}
	for i := range s {
		s[i].after = time.Duration(p.rng.IntN(60)) * time.Millisecond
	}
	return s
}

func (p *planner) call() op {
	inv := p.vary(pick(p, p.pool...))
	return op{kind: call, inv: inv, dir: pick(p, "d0", "d0", "d0", "d1"), stdin: p.stdin(inv)}
}

func (p *planner) stdin(inv *invocation) string {
	if !inv.stdin {
		return "none"
	}
	return pick(p, "stdin-one", "stdin-one", "stdin-two")
}

// disturbance returns something that is no call: a change of the world, or
// where ill is true a fault.
func (p *planner) disturbance(ill bool) op {
	if ill {
		return p.fault()
	}
	switch n := p.rng.IntN(100); {
	case n < 45:
		return p.change()
	case n < 60:
		sel := p.selector()
		return op{kind: invalidate, sel: sel, dir: pick(p, "d0", "d0", "d1"), args: sel.args()}
	case n < 72:
		return op{kind: setClock, value: p.clock()}
	case n < 77:
		return op{kind: setVar, value: pick(p, "unset", "v1", "v1", "v2")}
	case n < 84:
		return configOp(pick(p, "none", "none", "lifetime", "variable", "small", "rule"), pick(p, "atomic", "in-place"))
	case n < 91 && p.keepers:
		inv := p.vary(pick(p, p.pool...))
		inv.policy = policy{ttl: pick(p, "", "1h", "10m")}
		if !inv.stdin {
			return op{kind: keep, inv: inv, dir: "d0", stdin: "none"}
		}
		return p.change()
	default:
		return op{kind: other, args: pick(p,
			[]string{"gc"}, []string{"gc", "--max-size", "2KiB"}, []string{"gc", "--max-size", "2KiB"}, []string{"gc", "--expired"},
			[]string{"list"}, []string{"stats"}, []string{"verify"}, []string{"verify", "--fix"}, []string{"invalidate", "--expired"})}
	}
}

// change gives an input another value.
func (p *planner) change() op {
	name := pick(p, "f0", "f0", "f1", "ver", "tree/a", "tree/sub/b", "tree/c", "glob/1.txt", "glob/2.txt", "self", "switch")
	switch name {
	case "self":
		return changeOp(name, pick(p, "1", "2"), "")
	case "switch":
		return switchOp(pick(p, "absent", "absent", "on"))
	}
	// Two values of one length, as a change that a size can't tell; going back to
	// an earlier one is a hit.
	value := pick(p, "aaaa", "aaaa", "bbbb", "bbbb", "cc", "bad1", "absent", "directory")
	if value == "directory" && name == "ver" {
		value = "absent"
	}
	way := pick(p, "atomic", "atomic", "in-place", "in-place", "same-time", "old", "exec", "link")
	if value == "absent" || value == "directory" {
		way = "atomic"
	}
	return changeOp(name, value, way)
}

func (p *planner) selector() selector {
	switch p.rng.IntN(6) {
	case 0, 1:
		return selector{tag: pick(p, "t1", "t2")}
	case 2:
		return selector{scope: "s1"}
	case 3:
		return selector{dep: pick(p, "f0", "f1")}
	case 4:
		return selector{inv: pick(p, p.pool...), dir: "d0"}
	}
	return selector{}
}

// clock returns what the clock is ahead. Its steps keep ages at least two
// minutes away from every lifetime, which is more than a world lives.
func (p *planner) clock() string {
	return (time.Duration(p.rng.IntN(17)-3) * 7 * time.Minute).String()
}

// newInvocation makes up a command.
func (p *planner) newInvocation() *invocation {
	i := &invocation{words: []string{"self"}}
	add := func(percent int, dep string, words ...string) {
		if p.chance(percent) {
			i.deps = append(i.deps, dep)
			i.words = append(i.words, words...)
		}
	}
	add(60, "f0", "f0")
	add(25, "f1", "f1")
	add(30, "tree", "tree/a", "tree/sub/b", "tree/c")
	add(25, "glob/*.txt", "glob/1.txt", "glob/2.txt")
	if i.variable = p.chance(30); i.variable || p.chance(15) {
		i.words = append(i.words, "var")
	}
	if i.stdin = p.chance(15); i.stdin {
		i.words = append(i.words, "stdin")
	}
	if i.version = p.chance(15); i.version {
		i.words = append(i.words, "ver")
	}
	if i.anyCwd = p.chance(20); !i.anyCwd {
		i.words = append(i.words, "cwd")
	}
	for _, word := range []string{"slow", "big"} {
		if p.chance(25) {
			i.words = append(i.words, word)
		}
	}
	i.scope = pick(p, "", "", "s1")
	for _, tag := range []string{"t1", "t2"} {
		if p.chance(30) {
			i.tags = append(i.tags, tag)
		}
	}
	i.policy = p.policy()
	return i
}

// vary returns an invocation with the same key, and often with another policy.
func (p *planner) vary(inv *invocation) *invocation {
	other := *inv
	other.tags = slices.Clone(inv.tags)
	if p.chance(35) {
		other.policy = p.policy()
	}
	if p.chance(10) {
		other.tags = []string{pick(p, "t1", "t2")}
	}
	return &other
}

func (p *planner) policy() policy {
	maybe := func(percent int, choices ...string) string {
		if !p.chance(percent) {
			return ""
		}
		return pick(p, choices...)
	}
	pol := policy{
		ttl: maybe(50, "10m", "10m", "1h", "never", "0s"), swr: maybe(30, "20m"),
		negative: maybe(25, "10m", "1h"), staleIfError: maybe(20, "20m"),
		report: p.chance(30),
	}
	switch n := p.rng.IntN(100); { // these exclude each other
	case n < 5:
		pol.force = true
	case n < 9:
		pol.onlyCached = true
	case n < 18:
		pol.maxWait = true
	}
	return pol
}
