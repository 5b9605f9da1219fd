//go:build linux

package main

import (
	"slices"
	"strings"
	"time"
)

// An invocation is what a call of memo asks for.
type invocation struct {
	// What is part of the command key. Words are the arguments of prog.
	deps, words     []string
	scope           string
	variable, stdin bool
	anyCwd, version bool

	// Nested runs a call with the key inside another one, which has all else.
	nested bool
	tags   []string
	policy
}

// A policy is how a call decides. Durations are texts as the flags take them,
// empty where the flag is not given.
type policy struct {
	ttl, swr, negative, staleIfError   string
	force, onlyCached, maxWait, report bool // report is -v
}

// args are the arguments of memo; sub is run or keep with its flags.
func (i *invocation) args(sub ...string) []string {
	args := slices.Clone(sub)
	if !i.nested {
		args = append(args, i.identity()...)
	}
	add := func(given bool, words ...string) {
		if given {
			args = append(args, words...)
		}
	}
	for _, tag := range i.tags {
		add(true, "--tag", tag)
	}
	add(i.ttl != "", "-t", i.ttl)
	add(i.swr != "", "--swr", i.swr)
	add(i.negative != "", "--negative-ttl", i.negative)
	add(i.staleIfError != "", "--stale-if-error", i.staleIfError)
	add(i.force, "-f")
	add(i.onlyCached, "--only-cached")
	add(i.maxWait, "--max-wait", "5m")
	add(i.report, "-v")
	args = append(args, "--")
	if i.nested {
		args = append(append(append(args, "memo", "run"), i.identity()...), "--")
	}
	return append(append(args, "prog"), i.words...)
}

// identity are the flags that are part of the command key.
func (i *invocation) identity() (args []string) {
	for _, dep := range i.deps {
		args = append(args, "-d", "../in/"+dep)
	}
	if i.scope != "" {
		args = append(args, "--scope", i.scope)
	}
	if i.variable {
		args = append(args, "-e", "SOAK_VAR")
	}
	if i.stdin {
		args = append(args, "--stdin")
	}
	if i.anyCwd {
		args = append(args, "--any-cwd")
	}
	if i.version {
		args = append(args, "--version-cmd", "cat ../in/ver 2>&1")
	}
	return args
}

// key is equal for invocations that may share a run, the directory aside: an
// inner call shares it with the calls that are like it.
func (i *invocation) key() string {
	return strings.Join(slices.Concat(i.identity(), []string{"--"}, i.words), "\x00")
}

// forever is longer than any result lives in a world.
const forever = 1000 * time.Hour

// duration returns a duration as the flags take it.
func duration(text string) time.Duration {
	if text == "never" {
		return forever
	}
	d, _ := time.ParseDuration(text)
	return d
}
