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
	// last and before are the last change of each input, and the one before.
	last, before map[string]op
}

// newPlan makes up the plan of a world. Nothing but the arguments decides it.
func newPlan(seed, world uint64, o *options) plan {
	p := &planner{rng: rand.New(rand.NewPCG(seed, world)), callers: o.callers, last: map[string]op{}, before: map[string]op{}}
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
	if len(p.mends) > 0 && p.chance(25) {
		mend := p.mends[0]
		p.mends = p.mends[1:]
		return []step{{mend}}
	}
	switch n := p.rng.IntN(100); {
	case n < 60:
		return p.episode()
	case n < 75:
		return []step{p.together()}
	case n < 80:
		return []step{{op{kind: settle}}}
	case n < 92:
		return []step{{p.disturbance()}}
	default:
		return []step{{p.fault()}}
	}
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
	switch n := p.rng.IntN(100); {
	case n < 30:
		s = append(s, op{kind: kill, name: "caller"})
	case n < 60:
		s = append(s, p.meeting(first.inv))
	case n < 75:
		s = append(s, p.fault())
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
	if p.chance(20) {
		i.words = append(i.words, "big")
	}
	if p.chance(40) { // before it reads anything, in the middle, or after it
		i.words = slices.Insert(i.words, pick(p, 0, 0, p.rng.IntN(len(i.words)), len(i.words)), "slow")
	}
	i.scope = pick(p, "", "", "s1")
	for _, tag := range []string{"t1", "t2"} {
		if p.chance(30) {
			i.tags = append(i.tags, tag)
		}
	}
	i.policy = p.policy()
	i.force, i.onlyCached = false, false // of single calls only
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
