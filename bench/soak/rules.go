//go:build linux

package main

import (
	"slices"
	"time"
)

// judgeConfig returns the violation of a call that replays although its
// configuration was unusable.
func (m *model) judgeConfig(c *called, r *run) *violation {
	configs, anyOne := m.inputs.between("config", c.begin, c.end)
	if !anyOne && !slices.ContainsFunc(configs, func(name string) bool { return !isBad(name) }) {
		return c.violation("a replay with a bad configuration", "run %s, configuration %q", r.id, configs)
	}
	return nil
}

// judgeValues returns the violation of a call that replays a run with other
// inputs.
func (m *model) judgeValues(c *called, r *run) *violation {
	configs, anyConfig := m.inputs.between("config", c.begin, c.end)
	for _, v := range r.values {
		var texts []string
		anyOne := false
		switch v.name {
		case "cwd":
			texts = []string{c.dir}
		case "stdin":
			texts = []string{c.stdin[len("stdin-"):]}
		case "var":
			declared := c.inv.variable || !anyConfig && len(configs) == 1 && configs[0] == "variable"
			texts, anyOne = []string{c.variable}, !declared
		default:
			texts, anyOne = m.inputs.between(v.name, c.begin, c.end)
		}
		if !anyOne && !slices.Contains(texts, v.text) {
			return c.violation("another input", "run %s saw %s=%s, which was %q during the call", r.id, v.name, v.text, texts)
		}
	}
	return nil
}

// judgeInvalidation returns the violation of a call that replays what was
// invalidated before.
func (m *model) judgeInvalidation(c *called, r *run, made *called) *violation {
	for _, inv := range m.invalidations {
		if c.inv.nested && !inv.sel.reaches() {
			continue
		}
		if inv.end.Before(c.begin) && r.start < inv.recorded && inv.sel.covers(made.inv, made.dir) {
			return c.violation("an invalidated run", "memo %q had ended run %s before", inv.sel.args(), r.id)
		}
	}
	return nil
}

// joinable reports whether the call may have waited for the run, and so has
// its outcome whatever that is.
func (m *model) joinable(c *called, r *run, made *called) bool {
	if c.inv.force && r.start < c.recorded {
		return false
	}
	over := made.end // if the call itself has run the command
	if made.keeper || made.inv.maxWait || runID(made.stdout) != r.id {
		i := slices.IndexFunc(m.settled, func(s moment) bool { return r.start < s.recorded })
		if i < 0 {
			return true
		}
		over = m.settled[i].at
	}
	return !over.Before(c.begin)
}

// judgeLifetime returns the violation of a call that replays a stored result
// which is too old or too young, is of a failure, or lacks a tag.
func (m *model) judgeLifetime(c *called, r *run, made *called, failed bool) *violation {
	if c.inv.force && !c.inv.nested { // the inner call is not forced
		return c.violation("a replay with --force", "run %s began before the call", r.id)
	}
	for _, tag := range c.inv.tags {
		if !c.inv.nested && (made.inv.nested || !slices.Contains(made.inv.tags, tag)) {
			return c.violation("a tag is missing", "run %s of a call without %q", r.id, tag)
		}
	}
	ttl, known := m.ttl(c)
	if r.code != 0 {
		if c.inv.negative == "" || c.inv.nested {
			return c.violation("a failed run", "run %s with exit code %d", r.id, r.code)
		}
		ttl, known = duration(c.inv.negative), true
	}
	if !known {
		return nil
	}
	older := duration(c.inv.swr)
	if failed {
		older = max(older, duration(c.inv.staleIfError))
	}
	age := c.clock - r.clock // and up to lifetime more
	switch {
	case age < 0 && older == 0:
		return c.violation("a run from the future", "run %s is made with the clock at %v, the call with %v", r.id, r.clock, c.clock)
	case age > ttl+older-time.Minute:
		return c.violation("an expired run", "run %s is %v old, and may be %v", r.id, age, ttl+older)
	}
	return nil
}

// ttl returns how long a call lets a run be fresh. It is not known if the
// configuration changes during the call. The lifetime of an outer result ends
// with that of the inner one, but may begin late in it.
func (m *model) ttl(c *called) (ttl time.Duration, known bool) {
	if c.inv.ttl != "" && !c.inv.nested {
		return duration(c.inv.ttl), true
	}
	configs, anyOne := m.inputs.between("config", c.begin, c.end)
	if anyOne || len(configs) != 1 {
		return 0, false
	}
	switch {
	case configs[0] == "rule":
		return 10 * time.Minute, true
	case len(c.inv.deps) > 0 || c.inv.version:
		return forever, true
	case configs[0] == "lifetime":
		return time.Hour, true
	}
	return 5 * time.Minute, true
}
