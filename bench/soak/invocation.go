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

	tags []string
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
	add := func(given bool, words ...string) {
		if given {
			args = append(args, words...)
		}
	}
	for _, dep := range i.deps {
		add(true, "-d", "../in/"+dep)
	}
	add(i.scope != "", "--scope", i.scope)
	add(i.variable, "-e", "SOAK_VAR")
	add(i.stdin, "--stdin")
	add(i.anyCwd, "--any-cwd")
	add(i.version, "--version-cmd", "cat ../in/ver 2>&1")
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
	return append(append(args, "--", "prog"), i.words...)
}

// key is equal for invocations that may share a result, the directory aside.
func (i *invocation) key() string {
	identity := invocation{
		deps: i.deps, words: i.words, scope: i.scope, variable: i.variable,
		stdin: i.stdin, anyCwd: i.anyCwd, version: i.version,
	}
	return strings.Join(identity.args(), "\x00")
}

// declares reports whether a call promises that its result is about the present
// value of an input of prog.
func (i *invocation) declares(input string) bool {
	switch input {
	case "var":
		return i.variable
	case "ver":
		return i.version
	}
	return true // files by deps, cwd and self by default; see newInvocation
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
