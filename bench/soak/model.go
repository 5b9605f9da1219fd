//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A model is what is known of a world, and judges calls by it. It must not be
// used by several operations at once, but for inputs.
type model struct {
	inputs        *history
	calls         []*called
	judged        int // so many of calls
	invalidations []*invalidation
	settled       []moment
	kills         int
}

// An invalidation is one that memo said it has made. It covers the runs that
// began before it did.
type invalidation struct {
	sel      selector
	recorded int64 // length of the record of runs when it began
	end      time.Time
}

// A violation is a broken promise.
type violation struct {
	rule   string // the same for violations of one kind
	text   string // what is wrong
	step   int
	called *called
}

func (c *called) violation(rule, format string, args ...any) *violation {
	return &violation{rule: rule, text: fmt.Sprintf(format, args...), step: c.step, called: c}
}

func (v *violation) Error() string {
	text := strings.ReplaceAll(v.text, "\n", `\n`)
	return fmt.Sprintf("step %d, call %s: %s: %s", v.step+1, v.called.id, v.rule, text)
}

func newModel() *model {
	m := &model{inputs: &history{spans: map[string][]span{}}}
	for _, name := range []string{"f0", "f1", "ver", "tree/a", "tree/sub/b", "glob/1.txt"} {
		m.inputs.end(name, "aaaa", time.Time{})
	}
	m.inputs.end("self", "1", time.Time{})
	m.inputs.end("config", "none", time.Time{})
	return m
}

// judgeCalls judges the calls that were not judged yet; all of them have ended.
func (m *model) judgeCalls(record string, counts *counts) (*violation, error) {
	runs, err := readRuns(record)
	if err != nil {
		return nil, err
	}
	for ; m.judged < len(m.calls); m.judged++ {
		c := m.calls[m.judged]
		if c.keeper {
			continue
		}
		if bad := m.judge(c, runs); bad != nil {
			return bad, nil
		}
		counts.answered(m.kindOf(c, runs))
		counts.started = counts.started || c.started
	}
	return nil, nil
}

// judgeRuns judges at the end how often the program ran.
func (m *model) judgeRuns(record string) (*violation, error) {
	runs, err := readRuns(record)
	if err != nil {
		return nil, err
	}
	for _, c := range m.calls {
		if n := len(runsOf(c, runs)); n > 1 && !c.keeper {
			return c.violation("it ran twice", "the command ran %d times", n), nil
		}
	}
	return nil, nil
}

// runsOf returns the runs that a call, or a refresh that it started, has made.
func runsOf(c *called, runs map[string]*run) (own []*run) {
	for _, r := range runs {
		if r.call == c.id {
			own = append(own, r)
		}
	}
	return own
}

// kindOf says for the counts what a call was.
func (m *model) kindOf(c *called, runs map[string]*run) string {
	r := runs[runID(c.stdout)]
	switch {
	case c.killed:
		return "killed"
	case r == nil:
		return "nothing to print"
	case r.call == c.id:
		return "ran the command"
	case len(runsOf(c, runs)) > 0:
		return "replayed, and ran the command"
	case c.started:
		return "replayed"
	}
	return byRecall
}

// judge returns the violation of a call that has ended.
func (m *model) judge(c *called, runs map[string]*run) *violation {
	if crash.MatchString(c.stderr) {
		return c.violation("it crashes", "%s", c.stderr)
	}
	id := runID(c.stdout)
	if c.killed {
		if r := runs[id]; r != nil && !strings.HasPrefix(r.stdout(), c.stdout) {
			return c.violation("wrong bytes", "before it was killed it printed %q", c.stdout)
		}
		return nil
	}
	words, stderr := splitStderr(c.stderr)
	if len(words) > 1 && !(c.inv.nested && len(words) == 2) { // the inner call has one, too
		return c.violation("more than one line of memo's", "%q", words)
	}
	own := runsOf(c, runs)
	if c.stdout == "" && stderr == "" && m.mayBeSilent(c, own) {
		return nil
	}
	r := runs[id]
	switch {
	case r == nil || !r.known:
		return c.violation("neither ran nor replayed", "exit code %d, stdout %q, stderr %q", c.code, head(c.stdout), head(c.stderr))
	case c.stdout != r.stdout():
		return c.violation("wrong bytes", "stdout %q, want %q", head(c.stdout), head(r.stdout()))
	case stderr != r.stderr():
		return c.violation("wrong bytes", "stderr %q, want %q", stderr, r.stderr())
	case c.code != r.code:
		return c.violation("wrong exit code", "%d, want %d as in run %s", c.code, r.code, r.id)
	}
	if r.call == c.id {
		if len(own) > 1 {
			return c.violation("it ran twice", "the command ran %d times", len(own))
		}
		return nil
	}
	return m.judgeReplay(c, r, own)
}

// mayBeSilent reports whether a call may print nothing of a run.
func (m *model) mayBeSilent(c *called, own []*run) bool {
	switch c.code {
	case 75:
		return c.inv.onlyCached && len(own) == 0
	case 125: // the run is a process of its own, which may have been killed
		return c.inv.maxWait && m.kills > 0
	}
	return false
}

// splitStderr takes what memo says of itself from what the command printed.
func splitStderr(text string) (words []string, rest string) {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "memo: ") {
			words = append(words, line)
		} else {
			b.WriteString(line)
		}
	}
	return words, b.String()
}

// head is the beginning of a text.
func head(text string) string {
	if len(text) > 200 {
		return text[:200] + "..."
	}
	return text
}

// judgeReplay returns the violation of a call that printed the run of another.
func (m *model) judgeReplay(c *called, r *run, own []*run) *violation {
	i := slices.IndexFunc(m.calls, func(c *called) bool { return c.id == r.call })
	if i < 0 {
		return c.violation("neither ran nor replayed", "run %s is of no call", r.id)
	}
	made := m.calls[i]
	failed := slices.ContainsFunc(own, func(o *run) bool { return o.code != 0 })
	switch {
	case !r.ended:
		return c.violation("an incomplete run", "run %s did not end", r.id)
	case len(own) > 1:
		return c.violation("it ran twice", "the command ran %d times", len(own))
	case len(own) > 0 && c.inv.swr == "" && !(c.inv.staleIfError != "" && failed):
		return c.violation("both ran and replayed", "it printed run %s and made run %s", r.id, own[0].id)
	case len(own) > 0 && c.inv.onlyCached:
		return c.violation("both ran and replayed", "with --only-cached it made run %s", own[0].id)
	case c.inv.key() != made.inv.key() || !c.inv.anyCwd && c.dir != made.dir || c.stdin != made.stdin:
		return c.violation("another command", "run %s is of call %s", r.id, r.call)
	}
	if bad := m.judgeConfig(c, r); bad != nil {
		return bad
	}
	if bad := m.judgeValues(c, r); bad != nil {
		return bad
	}
	if bad := m.judgeInvalidation(c, r, made); bad != nil {
		return bad
	}
	if m.joinable(c, r, made) {
		return nil
	}
	return m.judgeLifetime(c, r, made, failed)
}
