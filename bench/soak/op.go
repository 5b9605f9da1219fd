//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"
)

// A kind of operation.
type kind string

const (
	call       kind = "call"       // memo run
	keep       kind = "keep"       // memo keep, which goes on
	invalidate kind = "invalidate" // memo invalidate args
	other      kind = "other"      // any other command of memo
	kill       kind = "kill"       // kill -9: caller, detached or keeper
	settle     kind = "settle"     // wait for detached processes
	setClock   kind = "clock"      // what later calls take for the time
	setVar     kind = "variable"   // SOAK_VAR of later calls
	change     kind = "change"     // an input: a file, or the program
	configure  kind = "config"     // the configuration of the user
	damage     kind = "damage"     // files of the store
	place      kind = "place"      // the cache directory, and disks that are full
)

// An op is one operation: what it is, and what it needs to know.
type op struct {
	kind  kind
	after time.Duration // how long it waits before it begins

	inv   *invocation // call, keep
	dir   string      // call, keep, invalidate: the working directory
	stdin string      // call
	name  string      // an input, a configuration, a class of files, a victim
	value string      // of an input, a clock, a variable
	shell []string    // function of the prelude and its arguments
	args  []string    // of memo: invalidate, other
	sel   selector    // invalidate
}

// A step is what begins together; mostly it is one operation.
type step []op

// commandLine is how an operation that is none of memo's is done.
func (o *op) commandLine() string { return shellescape.QuoteCommand(o.shell) }

// What an operation is called in the counts at the end.
func (o *op) label() string {
	switch o.kind {
	case call:
		if o.inv.nested {
			return "call in a call"
		}
		return "call"
	case other:
		return "memo " + o.args[0]
	case damage:
		return "damage: " + o.shell[2]
	case place:
		return "place: " + strings.Join(o.shell, " ")
	case kill, configure:
		return string(o.kind) + ": " + o.name
	case change:
		if o.name == "self" {
			return "change: program"
		}
		return "change: " + o.shell[len(o.shell)-1]
	}
	return string(o.kind)
}

func changeOp(name, value, way string) op {
	if name == "self" {
		return op{kind: change, name: name, value: value, shell: []string{"program", value}}
	}
	seen := value
	if way == "exec" {
		seen += "x"
	}
	return op{kind: change, name: name, value: seen, shell: []string{"put", name, value, way}}
}

func switchOp(value string) op { return changeOp("switch", value, "atomic") }

func configOp(name, way string) op {
	return op{kind: configure, name: name, shell: []string{"config", name, way}}
}

func damageOp(class, how string, n int) op {
	return op{kind: damage, shell: []string{"damage", class, how, strconv.Itoa(n)}}
}

func placeOp(words ...string) op { return op{kind: place, shell: words} }

func (s step) String() string {
	var texts []string
	for i := range s {
		texts = append(texts, fmt.Sprint(s[i].label()))
	}
	return strings.Join(texts, " | ")
}
