//go:build linux

package main

// disturbance returns something that is no call and no fault.
func (p *planner) disturbance() op {
	switch n := p.rng.IntN(100); {
	case n < 35:
		return p.change("f0", "f1", "ver", "tree/a", "tree/sub/b", "tree/c", "glob/1.txt", "glob/2.txt", "self", "switch", "switch")
	case n < 45:
		return p.invalidation(pick(p, p.pool...))
	case n < 55:
		return op{kind: setClock, value: p.clock()}
	case n < 63:
		return op{kind: setVar, value: pick(p, "unset", "v1", "v1", "v2")}
	case n < 75:
		return configOp(pick(p, "none", "none", "lifetime", "variable", "small", "rule"), pick(p, "atomic", "in-place"))
	case n < 85 && p.keepers:
		inv := *p.vary(pick(p, p.pool...))
		inv.policy = policy{ttl: pick(p, "", "1h", "10m")}
		if !inv.stdin {
			return op{kind: keep, inv: &inv, dir: "d0", stdin: "none"}
		}
	}
	return op{kind: other, args: pick(p,
		[]string{"gc"}, []string{"gc", "--max-size", "2KiB"}, []string{"gc", "--expired"}, []string{"list"}, []string{"stats"},
		[]string{"verify"}, []string{"verify", "--fix"}, []string{"invalidate", "--expired"})}
}

// invalidation ends the results of a command, or just misses them.
func (p *planner) invalidation(inv *invocation) op {
	choices := []selector{{}, {inv: inv}, {tag: pick(p, "t1", "t2")}, {dep: pick(p, "f0", "f1")}, {scope: "s1"}}
	sel := pick(p, choices...)
	for range 2 {
		if !sel.covers(inv, sel.dir) {
			sel = pick(p, choices...)
		}
	}
	sel.dir = pick(p, "d0", "d0", "d0", "d1")
	return op{kind: invalidate, sel: sel, dir: sel.dir, args: sel.args()}
}

// change gives one of these inputs another value.
func (p *planner) change(names ...string) op {
	o := p.newChange(pick(p, names...))
	if last, known := p.last[o.name]; known {
		p.before[o.name] = last
	}
	p.last[o.name] = o
	return o
}

// newChange makes up a change. There are few values, most of them of one
// length: a size can't tell them apart, and going back to an earlier one is a
// hit.
func (p *planner) newChange(name string) op {
	switch name {
	case "self":
		return changeOp(name, pick(p, "1", "2"), "")
	case "switch":
		return changeOp(name, pick(p, "absent", "absent", "on"), "atomic")
	}
	value := pick(p, "aaaa", "aaaa", "aaaa", "bbbb", "bbbb", "bbbb", "cc", "bad1", "absent", "directory")
	way := pick(p, "atomic", "atomic", "in-place", "in-place", "same-time", "same-time", "old", "exec", "link")
	if name == "ver" && (value == "directory" || way == "exec") { // the version command sees the text alone
		value, way = "bbbb", "in-place"
	}
	if value == "absent" || value == "directory" {
		way = "atomic"
	}
	return changeOp(name, value, way)
}
