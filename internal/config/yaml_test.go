package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestStrictFile(t *testing.T) {
	rows := []struct{ text, want string }{
		{"tll: 5m\n", `1: unknown key "tll"; did you mean "ttl"?`},
		{"ttl: 5m\n\nmax-size: 1GiB\n", `3: unknown key "max-size"; did you mean "max_size"?`},
		{"tag: [a]\n", `1: unknown key "tag"; did you mean "tags"?`},
		{"TTL: 5m\n", `1: unknown key "TTL"; did you mean "ttl"?`},
		{"force: true\n", `1: unknown key "force"`},
		{"x: 1\n", `1: unknown key "x"`},
		{"<<: {ttl: 5m}\n", `1: unknown key "<<"`},
		{"ttl: 5m\nttl: 6m\n", `2: duplicate key "ttl", first in line 1`},
		{"ttl: 10\n", `1: ttl: expiry "10": a number needs a unit; write for example`},
		{"ttl: [5m]\n", `1: ttl: want a lifetime such as 10m`},
		{"ttl:\n", `1: ttl: want a lifetime such as 10m`},
		{"swr: true\n", `1: swr: want a duration such as 10m`},
		{"version_cmd: true\n", `1: version_cmd: want text`},
		{"any_cwd: 1\n", `1: any_cwd: want true or false`},
		{"any_cwd: \"true\"\n", `1: any_cwd: want true or false`},
		{"dep: go.mod\n", `1: dep: want a list, such as [a, b]`},
		{"dep:\n  - a\n  - [b]\n", `3: dep: want text`},
		{"dep:\n  - a\n  - '['\n", `3: dep: dependency "[": `},
		{"env: [A=B]\n", `1: env: environment variable "A=B": `},
		{"dep: &d [" + strings.Repeat("a,", 15000) + "a]\nrules:\n- {match: x, dep: *d}\n- {match: x, dep: *d}\n", `3: rule "x": more than 20000 values`},
		{"max_size: 10\n", `1: max_size: size "10": a number needs a unit; write for example 10MiB`},
		{"max_size: lots\n", `1: max_size: size "lots": write for example`},
		{"max_results: 1.5\n", `1: max_results: want a whole number`},
		{"max_results: 0\n", `1: max_results: number "0": write a whole number above 0`},
		{"eviction: random\n", `1: eviction: eviction policy "random": want one of lru, lfu, fifo, gdsf`},
		{"cache_exit: [0, 300]\n", `1: cache_exit: exit codes "0,300": `},
		{"rules: {match: x}\n", `1: want a list; begin each element with a dash`},
		{"rules:\n  - ttl: 5m\n", `2: a rule needs match, such as match: "kubectl get *"`},
		{"rules:\n  - match: x\n    tll: 5m\n", `3: rule "x": unknown key "tll"; did you mean "ttl"?`},
		{"rules:\n  - match: x\n    max_size: 1k\n", `3: rule "x": unknown key "max_size"`},
		{"rules:\n  - match: 'x [a'\n", `2: rule "x [a": match: bad glob "[a"`},
		{"scopes:\n  - ttl: 5m\n", `2: a scope needs a name`},
		{"scopes:\n  - {name: a, scope: b}\n", `2: a scope can't set scope`},
		{"- ttl\n", `1: want keys and values, such as ttl: 10m`},
		{"ttl: 5m\n---\nttl: 6m\n", `2: a second document; write all settings into one`},
		{"nonsense: [", `1: did not find expected`},
		{"ttl: 5m\n bad: x\n", `2: mapping values are not allowed`},
		{"cache_dir: here\n", `user file `}, // see below
	}
	b := newBench(t)
	for _, row := range rows {
		path := b.userFile(row.text)
		want := path + ":" + row.want
		if strings.HasPrefix(row.text, "cache_dir") {
			want = "user file " + path + `:1: cache_dir "here": write an absolute path or one that begins with ~/`
		}
		_, err := b.load("x")
		var bad *SourceError
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", row.text, err, want)
		}
	}
}

// TestSyntaxErrorLine checks lines that are mostly wrong or missing in the
// errors of the library.
func TestSyntaxErrorLine(t *testing.T) {
	rows := []struct{ text, want string }{
		{"\tttl: 1m\n", `1: found character that cannot start any token`},
		{"# c\nttl: 1m\n\ttags: [a]", `3: found a tab character that violates indentation`},
		{"ttl: 1m: 2", `1: mapping values are not allowed in this context`},
		{"@x", `1: found character that cannot start any token`},
		{"ttl: *x\nswr: *y\n", `1: unknown anchor 'x' referenced`},
		{"ttl: 1m\ndep: [a]\nswr: *x\ntags: [b]\n", `3: unknown anchor 'x' referenced`},
		{"}", `1: did not find expected node content`},
		{"ttl: 1m\n}", `2: did not find expected key`},
		{"ttl: \xff\n", `1: invalid leading UTF-8 octet`},
		{"ttl: 1m\n\n# \xc3\x28\ntags: [a]\n", `3: invalid trailing UTF-8 octet`},
		{"ttl: 1m\ntags: [\x01]\n", `2: control characters are not allowed`},
		{"ttl: 5m\n---\n@\n", `3: found character that cannot start any token`},
		{"rules:\n  - match: x\n   ttl: 1m\n", `3: did not find expected '-' indicator`},
		{"dep: [\n  a,\n  b\n]\ntags: [\n", `5: did not find expected node content`},
		{"\ufeff# c\n\ttl\r\n", `2: found character that cannot start any token`},
		{"tags: [\"a]\nttl: 1m\nswr: 1m\n", `1: found unexpected end of stream`},
		{"dep: ['a',\n  'b]\nttl: 1m\nswr: 1m\n", `2: found unexpected end of stream`},
	}
	b := newBench(t)
	for _, row := range rows {
		want := b.userFile(row.text) + ":" + row.want
		if _, err := b.load("x"); err == nil || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", row.text, err, want)
		}
	}
}

func TestLenientFile(t *testing.T) {
	for _, text := range []string{
		"", "\n# nothing\n", "---\n", "null\n", "{}\n",
		"dep: &d [a]\nenv: [A]\nrules: [{match: x, dep: *d}]\n",
		"ttl: 2026-12-24\n", "ttl: 18:00\n", "ttl: 2026-12-24T18:00:00Z\n",
		"max_output: 1000B\ncache_exit: 1\nscope: 5\n", "\ufeffttl: 5m\n",
	} {
		b := newBench(t)
		b.userFile(text)
		if _, err := b.load("x"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	b := newBench(t)
	b.environ = append(b.environ, "MEMO_CONFIG=missing.yaml")
	if _, err := b.load("x"); err == nil || !strings.HasPrefix(err.Error(), filepath.Join(b.project, "below", "missing.yaml")+": ") || !IsTolerable(err) {
		t.Errorf("a missing MEMO_CONFIG: %v", err)
	}
	b = newBench(t)
	b.write(filepath.Join(b.project, ProjectName, "x"), "")
	want := filepath.Join(b.project, ProjectName) + ": is a directory, not a regular file"
	if _, err := b.load("x"); err == nil || err.Error() != want || !IsTolerable(err) {
		t.Errorf("a directory: got %v, want %s", err, want)
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(Example))
	f.Add([]byte("ttl: 5m\nrules: [{match: x *, dep: ['!a']}]\n"))
	f.Add([]byte("a: &a [*a]\ndep: &b [*b]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := parseFile(Settings(), "user file", "f.yaml", text)
		if err != nil && !IsTolerable(err) {
			t.Fatalf("%q: %v is no SourceError", text, err)
		}
		if err == nil {
			if _, err := Settings().decode(merge(file.layers([]string{"x"}, "ci")...)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestManyMistakes has a file be given up after some mistakes, of which by
// aliases it can have more than bytes.
func TestManyMistakes(t *testing.T) {
	element := "- &r {match: x, a: 1, b: 1, c: 1}\n"
	text := "rules:\n" + element + strings.Repeat("- *r\n", 10_000)
	_, err := parseFile(Settings(), "user file", "f.yaml", []byte(text))
	if n := len(all(err)); n < mostMistakes || n > mostMistakes+10 {
		t.Errorf("%d mistakes, want about %d", n, mostMistakes)
	}
}
