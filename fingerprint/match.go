package fingerprint

import (
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// A pattern is a glob with wildcards, ready to match: a non-deterministic
// automaton whose size is that of the glob, and all of whose states advance
// together, so that no glob costs more than its length for each character of a
// name. Only classes are left to doublestar: matching a whole path its classes
// match slashes, braces that hold or touch a "**" lose matches, and each brace
// doubles its work.
//
// Braces stand for what bash expands them to; "**" is a segment if it is one
// then. Names such as `[id].tsx` are common, so classes and braces match
// themselves too, and a directory that has the very name that is the whole glob
// counts with its tree, as it does where the name is no glob.
//
// A pattern must not be used by several goroutines at a time.
type pattern struct {
	nodes  []node
	starts []int // where a way through the nodes begins

	// What follows is only of use within a call.
	now, then []state
	stack     []state
	reached   marks // states since the last character
	probed    marks // states at the beginning of the next name
	opened    marks // spots there
}

// A node is one element of a glob. What follows it is the next node, except
// for a fork.
type node struct {
	op   op
	text string // of a character or class
	to   []int  // of a fork
}

type op uint8

const (
	opChar  op = iota
	opOne      // "?"
	opClass    // "[...]"
	opStar     // "*", any number of characters
	opSlash    // the end of a segment
	opEnd      // the end of the glob
	opFork     // no characters, and several ways on
)

// A spot is a place in a pattern between two names: the node at which a
// segment begins, or with any the one behind a segment "**", which matches any
// number of names. It is deep if a "**" led to it, so that it can be reached in
// any directory below.
type spot struct {
	node      int
	any, deep bool
}

// A state is a place in a pattern within a name. stars counts the stars that
// are all there is of the segment up to the node, manyStars says that there is
// something else.
type state struct {
	node  int
	stars uint8
	deep  bool
}

const manyStars = 3

// newPattern returns the pattern of a valid glob.
func newPattern(glob string) *pattern {
	p := &pattern{}
	if p.compile(glob, true) {
		p.compile(glob, false)
	}
	p.begin()
	p.literal(unescape(glob))
	p.add(node{op: opSlash})
	p.add(node{op: opStar})
	p.add(node{op: opStar})
	p.end()
	return p
}

// wholeTree returns the pattern of "**".
func wholeTree() *pattern {
	p := &pattern{}
	p.compile("**", true)
	return p
}

func (p *pattern) begin() { p.starts = append(p.starts, len(p.nodes)) }

func (p *pattern) add(n node) int {
	p.nodes = append(p.nodes, n)
	return len(p.nodes) - 1
}

func (p *pattern) end() {
	p.add(node{op: opEnd})
	p.reached.resize(len(p.nodes) * 8)
	p.probed.resize(len(p.nodes) * 8)
	p.opened.resize(len(p.nodes) * 4)
}

// literal adds nodes that match a text and nothing else.
func (p *pattern) literal(text string) {
	for len(text) > 0 {
		unit := firstUnit(text)
		if unit == "/" {
			p.add(node{op: opSlash})
		} else {
			p.add(node{op: opChar, text: unit})
		}
		text = text[len(unit):]
	}
}

// A brace is one that is being compiled: its fork, and the nodes behind its
// alternatives that lead to its end.
type brace struct {
	fork int
	ends []int
}

// compile adds a way through a valid glob; without braces they are characters.
// It reports whether there are any.
func (p *pattern) compile(glob string, braces bool) (found bool) {
	p.begin()
	var open []brace
	here := func() int { return len(p.nodes) }
	for i := 0; i < len(glob); {
		unit := firstUnit(glob[i:])
		i += len(unit)
		switch c := unit[0]; {
		case c == '\\' && i < len(glob):
			unit = firstUnit(glob[i:])
			i += len(unit)
			p.literal(unit)
		case c == '*':
			p.add(node{op: opStar})
		case c == '?':
			p.add(node{op: opOne})
		case c == '[':
			end := skipClass(glob, i-1)
			p.class(glob[i-1 : end])
			i = end
		case c == '{' && braces:
			found = true
			fork := p.add(node{op: opFork, to: []int{here() + 1}})
			open = append(open, brace{fork: fork})
		case c == ',' && len(open) > 0:
			b := &open[len(open)-1]
			b.ends = append(b.ends, p.add(node{op: opFork}))
			p.nodes[b.fork].to = append(p.nodes[b.fork].to, here())
		case c == '}' && len(open) > 0:
			for _, end := range open[len(open)-1].ends {
				p.nodes[end].to = []int{here()}
			}
			open = open[:len(open)-1]
		default:
			p.literal(unit)
		}
	}
	p.end()
	return found
}

// class adds a character class, which matches its own text too.
func (p *pattern) class(text string) {
	fork := p.add(node{op: opFork})
	p.add(node{op: opClass, text: text})
	end := p.add(node{op: opFork})
	p.nodes[fork].to = []int{fork + 1, end + 1}
	p.literal(text)
	p.nodes[end].to = []int{len(p.nodes)}
}

// firstUnit returns what a wildcard matches one of: the first character of a
// text, or its first byte if that is none.
func firstUnit(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return text[:n]
}

// matches reports whether the pattern matches a slash-separated path.
func (p *pattern) matches(path string) bool {
	spots, matched := p.start()
	for name := range strings.SplitSeq(path, "/") {
		if len(spots) == 0 {
			return false
		}
		spots, matched = p.step(spots, name)
	}
	return matched
}

// matchesBase reports whether the pattern matches the directory itself that it
// is relative to, as "**" does.
func (p *pattern) matchesBase() bool {
	_, matched := p.start()
	return matched
}

// start returns the spots before the first name, and whether the pattern
// matches none.
func (p *pattern) start() (spots []spot, matched bool) {
	p.probed.clear()
	p.opened.clear()
	for _, n := range p.starts {
		spots, matched = p.open(spots, spot{node: n}, matched)
	}
	return spots, matched
}

// step consumes a name. It returns the spots for what lies below, none if
// nothing there can match, and whether the path up to here matches.
func (p *pattern) step(spots []spot, name string) (next []spot, matched bool) {
	p.probed.clear()
	p.opened.clear()
	p.reached.clear()
	p.now = p.now[:0]
	for _, s := range spots {
		if s.any {
			next, matched = p.open(next, s, matched)
		} else {
			p.now = p.reach(p.now, &p.reached, state{node: s.node, deep: s.deep})
		}
	}
	for len(name) > 0 && len(p.now) > 0 {
		unit := firstUnit(name)
		p.advance(unit)
		name = name[len(unit):]
	}
	for _, s := range p.now {
		switch n := &p.nodes[s.node]; {
		case s.stars == 2: // a "**", for which there is a spot
		case n.op == opEnd:
			matched = true
		case n.op == opSlash:
			next, matched = p.open(next, spot{node: s.node + 1, deep: s.deep}, matched)
		}
	}
	return next, matched
}

// advance consumes a character of a name.
func (p *pattern) advance(unit string) {
	p.reached.clear()
	p.then = p.then[:0]
	for _, s := range p.now {
		switch n := &p.nodes[s.node]; {
		case n.op == opStar:
		case n.op == opOne, n.op == opChar && n.text == unit, n.op == opClass && doublestar.MatchUnvalidated(n.text, unit):
			s.node++
			s.stars = manyStars
		default:
			continue
		}
		p.then = p.reach(p.then, &p.reached, s)
	}
	p.now, p.then = p.then, p.now
}

// reach appends the states that lie behind s with no character between and in
// which a character or the end of a name can be consumed, unless they are
// marked.
func (p *pattern) reach(list []state, reached *marks, s state) []state {
	p.stack = append(p.stack[:0], s)
	for len(p.stack) > 0 {
		s := p.stack[len(p.stack)-1]
		p.stack = p.stack[:len(p.stack)-1]
		if !reached.add(s.index()) {
			continue
		}
		n := &p.nodes[s.node]
		switch n.op {
		case opFork:
			for _, to := range n.to {
				p.stack = append(p.stack, state{to, s.stars, s.deep})
			}
			continue
		case opStar:
			p.stack = append(p.stack, state{s.node + 1, min(s.stars+1, manyStars), s.deep})
		}
		list = append(list, s)
	}
	return list
}

// open appends a spot, unless it adds nothing to those there, and the ones
// behind each "**", which may match nothing. The result is end, or true if the
// end of the pattern is among them.
func (p *pattern) open(spots []spot, s spot, end bool) ([]spot, bool) {
	for todo := []spot{s}; len(todo) > 0; todo = todo[1:] {
		s := todo[0]
		if !p.opened.add(s.index()) {
			continue
		}
		if s.any {
			spots = append(spots, s)
			if p.nodes[s.node].op == opEnd {
				end = true
			} else {
				todo = append(todo, spot{node: s.node + 1, deep: true})
			}
			continue
		}
		useful := false // apart from a "**"
		p.then = p.reach(p.then[:0], &p.probed, state{node: s.node, deep: s.deep})
		for _, at := range p.then {
			switch n := &p.nodes[at.node]; {
			case n.op != opSlash && n.op != opEnd:
				useful = useful || n.op != opStar || at.stars > 1
			case at.stars == 2:
				todo = append(todo, spot{node: at.node, any: true, deep: true})
			case at.stars > 0:
				useful = true
			}
		}
		if useful {
			spots = append(spots, s)
		}
	}
	return spots, end
}

func (s state) index() int { return s.node<<3 | int(s.stars)<<1 | bit(s.deep) }
func (s spot) index() int  { return s.node<<2 | bit(s.any)<<1 | bit(s.deep) }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Marks are a set of small numbers that is cleared at once. The zero value has
// no room.
type marks struct {
	round uint32
	at    []uint32 // the round in which each was added
}

func (m *marks) resize(n int) { m.round, m.at = 1, make([]uint32, n) }

func (m *marks) clear() {
	if m.round++; m.round == 0 {
		m.resize(len(m.at))
	}
}

// add reports whether i was not there yet.
func (m *marks) add(i int) bool {
	isNew := m.at[i] != m.round
	m.at[i] = m.round
	return isNew
}
