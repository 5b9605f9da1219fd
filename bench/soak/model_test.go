//go:build linux

package main

import (
	"strings"
	"testing"
	"time"
)

// at is a time in the world of a test.
func at(second int) time.Time { return time.Unix(1e9, 0).Add(time.Duration(second) * time.Second) }

// A scene is a call that ran the command from second 0 to 1 and another call
// from 10 to 11.
func scene() (m *model, runs map[string]*run, first, second *called) {
	inv := invocation{deps: []string{"f0"}, words: []string{"self", "f0", "cwd"}}
	r := &run{
		id: "1.99", call: "1", start: 0, known: true, ended: true,
		values: []value{{"self", "1"}, {"f0", "aaaa"}, {"cwd", "d0"}},
	}
	first = &called{id: "1", inv: &inv, dir: "d0", stdin: "none", variable: "unset", begin: at(0), end: at(1)}
	first.stdout, first.stderr = r.stdout(), r.stderr()
	other := inv
	second = &called{id: "2", inv: &other, dir: "d0", stdin: "none", variable: "unset", begin: at(10), end: at(11), recorded: 500}
	second.stdout, second.stderr = r.stdout(), r.stderr()
	m = newModel()
	m.calls = []*called{first, second}
	return m, map[string]*run{r.id: r}, first, second
}

// rewrite makes both calls those of a changed run.
func rewrite(r *run, calls ...*called) {
	for _, c := range calls {
		c.stdout, c.stderr, c.code = r.stdout(), r.stderr(), r.code
	}
}

func TestModel(t *testing.T) {
	type setting struct {
		m             *model
		runs          map[string]*run
		r             *run
		first, second *called
	}
	ownRun := func(s *setting, code int) {
		s.runs["2.7"] = &run{id: "2.7", call: "2", start: 600, known: true, ended: true, code: code}
	}
	tests := map[string]struct {
		arrange func(s *setting)
		want    string // the rule that is broken, or ""
	}{
		"a hit":           {func(*setting) {}, ""},
		"no output":       {func(s *setting) { s.second.stdout = "" }, "neither ran nor replayed"},
		"of no run":       {func(s *setting) { s.second.stdout = "run 3.3 x=y\nend of 3.3\n" }, "neither ran nor replayed"},
		"a byte less":     {func(s *setting) { s.second.stdout = s.second.stdout[:len(s.second.stdout)-1] }, "wrong bytes"},
		"output twice":    {func(s *setting) { s.second.stdout += s.second.stdout }, "wrong bytes"},
		"stderr missing":  {func(s *setting) { s.second.stderr = "" }, "wrong bytes"},
		"exit code":       {func(s *setting) { s.second.code = 1 }, "wrong exit code"},
		"one line more":   {func(s *setting) { s.second.stderr += "memo: hit\n" }, ""},
		"two lines more":  {func(s *setting) { s.second.stderr += "memo: hit\nmemo: hint\n" }, "more than one line of memo's"},
		"a crash":         {func(s *setting) { s.second.stderr += "panic: oh\n" }, "it crashes"},
		"both":            {func(s *setting) { ownRun(s, 0) }, "both ran and replayed"},
		"a refresh":       {func(s *setting) { ownRun(s, 0); s.second.inv.swr = "20m" }, ""},
		"stale if error":  {func(s *setting) { ownRun(s, 3); s.second.inv.staleIfError = "20m" }, ""},
		"stale, no error": {func(s *setting) { ownRun(s, 0); s.second.inv.staleIfError = "20m" }, "both ran and replayed"},
		"killed early":    {func(s *setting) { s.second.killed, s.second.stdout = true, s.second.stdout[:20] }, ""},
		"killed, altered": {func(s *setting) { s.second.killed = true; s.second.stdout += "x" }, "wrong bytes"},
		"only cached": {func(s *setting) {
			s.second.inv.onlyCached, s.second.stdout, s.second.stderr, s.second.code = true, "", "", 75
		}, ""},
		"not only cached": {func(s *setting) { s.second.stdout, s.second.stderr, s.second.code = "", "", 75 }, "neither ran nor replayed"},
		"another scope":   {func(s *setting) { s.second.inv.scope = "s1" }, "another command"},
		"another place":   {func(s *setting) { s.second.dir = "d1" }, "another command"},
		"run cut short":   {func(s *setting) { s.r.ended = false }, "an incomplete run"},

		"changed before":    {func(s *setting) { s.m.change("f0", "bbbb", 5, 6) }, "another input"},
		"and back":          {func(s *setting) { s.m.change("f0", "bbbb", 5, 6); s.m.change("f0", "aaaa", 7, 8) }, ""},
		"changed during":    {func(s *setting) { s.m.change("f0", "bbbb", 10, 12) }, ""},
		"changed at end":    {func(s *setting) { s.m.change("f0", "bbbb", 9, 10) }, ""},
		"program changed":   {func(s *setting) { s.m.change("self", "2", 5, 6) }, "another input"},
		"not declared":      {func(s *setting) { s.m.change("f1", "bbbb", 5, 6) }, ""},
		"bad configuration": {func(s *setting) { s.m.change("config", "syntax", 5, 6) }, "a replay with a bad configuration"},

		"invalidated":         {func(s *setting) { s.m.invalidate(selector{dep: "f0"}, 400, 9) }, "an invalidated run"},
		"invalidated later":   {func(s *setting) { s.m.invalidate(selector{}, 400, 10) }, ""},
		"invalidated earlier": {func(s *setting) { s.m.invalidate(selector{}, 0, 9) }, ""},
		"another invalidated": {func(s *setting) { s.m.invalidate(selector{tag: "t1"}, 400, 9) }, ""},

		"young":    {func(s *setting) { s.second.inv.ttl, s.second.clock = "10m", 7*time.Minute }, ""},
		"old":      {func(s *setting) { s.second.inv.ttl, s.second.clock = "10m", 14*time.Minute }, "an expired run"},
		"stale":    {func(s *setting) { s.second.inv.policy, s.second.clock = policy{ttl: "10m", swr: "20m"}, 14*time.Minute }, ""},
		"too old":  {func(s *setting) { s.second.inv.policy, s.second.clock = policy{ttl: "10m", swr: "20m"}, 35*time.Minute }, "an expired run"},
		"future":   {func(s *setting) { s.second.clock = -7 * time.Minute }, "a run from the future"},
		"no time":  {func(s *setting) { s.second.inv.ttl = "0s" }, "an expired run"},
		"rule":     {func(s *setting) { s.m.change("config", "rule", 5, 6); s.second.clock = 14 * time.Minute }, "an expired run"},
		"force":    {func(s *setting) { s.second.inv.force = true }, "a replay with --force"},
		"no tag":   {func(s *setting) { s.second.inv.tags = []string{"t1"} }, "a tag is missing"},
		"joined":   {func(s *setting) { s.second.inv.ttl = "0s"; s.first.end = at(10) }, ""},
		"failed":   {func(s *setting) { s.r.code = 3; rewrite(s.r, s.first, s.second) }, "a failed run"},
		"negative": {func(s *setting) { s.r.code = 3; rewrite(s.r, s.first, s.second); s.second.inv.negative = "10m" }, ""},
		"negative, old": {func(s *setting) {
			s.r.code = 3
			rewrite(s.r, s.first, s.second)
			s.second.inv.negative, s.second.clock = "10m", 14*time.Minute
		}, "an expired run"},

		"nested, long ago": {func(s *setting) { s.second.inv.nested, s.second.inv.ttl, s.second.clock = true, "10m", 14*time.Minute }, ""},
		"nested, inner too old": {func(s *setting) {
			s.second.inv.nested, s.second.clock = true, 14*time.Minute
			s.second.inv.deps, s.first.inv.deps = nil, nil
		}, "an expired run"},
		"nested, inner ended":   {func(s *setting) { s.second.inv.nested = true; s.m.invalidate(selector{dep: "f0"}, 400, 9) }, "an invalidated run"},
		"nested, inner removed": {func(s *setting) { s.second.inv.nested = true; s.m.invalidate(selector{inv: s.first.inv}, 400, 9) }, ""},
		"nested, two remarks":   {func(s *setting) { s.second.inv.nested = true; s.second.stderr += "memo: one\nmemo: two\n" }, ""},
		"nested, input":         {func(s *setting) { s.second.inv.nested = true; s.m.change("f0", "bbbb", 5, 6) }, "another input"},
		"made with a tag": {func(s *setting) {
			s.first.inv.tags, s.first.inv.nested = []string{"t1"}, true
			s.m.invalidate(selector{tag: "t1"}, 400, 9)
		}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, runs, first, second := scene()
			test.arrange(&setting{m, runs, runs["1.99"], first, second})
			if bad := m.judge(first, runs); bad != nil {
				t.Fatalf("the first call: %v", bad)
			}
			got := ""
			if bad := m.judge(second, runs); bad != nil {
				got = bad.rule
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// change changes an input from one second to another.
func (m *model) change(name, text string, from, to int) {
	m.inputs.begin(name, at(from))
	m.inputs.end(name, text, at(to))
}

func (m *model) invalidate(sel selector, recorded int64, end int) {
	m.invalidations = append(m.invalidations, &invalidation{sel: sel, recorded: recorded, end: at(end)})
}

func TestRunsInARecord(t *testing.T) {
	runs := map[string]*run{}
	text := "start 1.2\nrun 1.2 clock=7m0s code=3 big=0 f0=bad1\nstart 1.3\nend 1.2\n"
	offset := int64(0)
	for line := range strings.Lines(text) {
		if err := addLine(runs, line, offset); err != nil {
			t.Fatal(err)
		}
		offset += int64(len(line))
	}
	r := runs["1.2"]
	if r.call != "1" || r.clock != 7*time.Minute || r.code != 3 || !r.ended || r.stdout() != "run 1.2 f0=bad1\nend of 1.2\n" {
		t.Errorf("got %+v with stdout %q", r, r.stdout())
	}
	if other := runs["1.3"]; other.known || other.ended || other.start == 0 {
		t.Errorf("got %+v for a run that has only begun", other)
	}
	if err := addLine(runs, "end 9.9\n", offset); err == nil {
		t.Error("an end without a start is no error")
	}
}
