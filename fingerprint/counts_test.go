package fingerprint

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestParseCounts(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("a backslash separates there")
	}
	with := func(d Dependency, c Counts) Dependency { d.Counts = c; return d }
	for arg, want := range map[string]Dependency{
		"a@mtime":         with(pathDep("a"), CountMtime),
		"a@mode":          with(pathDep("a"), CountMode),
		"a@mode@mtime":    with(pathDep("a"), CountMtime|CountMode),
		"a@mtime@mtime":   with(pathDep("a"), CountMtime),
		"a/@mtime":        with(pathDep("a"), CountMtime),
		".@mtime":         with(pathDep("."), CountMtime),
		"src/**@mtime":    with(globDep("src/**"), CountMtime),
		`a\@mtime`:        pathDep("a@mtime"),
		`a\@mtime@mtime`:  with(pathDep("a@mtime"), CountMtime),
		`a\\@mtime`:       with(pathDep(`a\`), CountMtime),
		`a\\\@mtime`:      pathDep(`a\@mtime`),
		`*\@mode`:         globDep("*@mode"),
		`*\@mode@mode`:    with(globDep("*@mode"), CountMode),
		"a@mtime/b":       pathDep("a@mtime/b"),
		"a@Mtime":         pathDep("a@Mtime"),
		`a\@b`:            pathDep(`a\@b`),
		"me@example.org":  pathDep("me@example.org"),
		"a[@]mtime":       globDep("a[@]mtime"),
		`\[id]@mtime`:     with(pathDep("[id]"), CountMtime),
		"{a,b}@mtime":     with(globDep("{a,b}"), CountMtime),
		`we\ird\@mtime`:   pathDep(`we\ird@mtime`),
		`we\ird\\@mtime`:  with(pathDep(`we\ird\`), CountMtime),
		`\*@mtime\@mode`:  pathDep("*@mtime@mode"),
		`x\@mode\@mtime`:  pathDep(`x\@mode@mtime`),
		`x\@mode@mtime`:   with(pathDep("x@mode"), CountMtime),
		"dir/./x/@mode":   with(pathDep("dir/x"), CountMode),
		`x\@mtime\@mtime`: pathDep(`x\@mtime@mtime`),
	} {
		got, err := ParseDependencies([]string{arg})
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("ParseDependencies(%q) = %+v, %v, want %+v", arg, got, err, want)
			continue
		}
		again, err := ParseDependencies([]string{got[0].Arg()})
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q as %q becomes %+v, %v", arg, got[0].Arg(), again, err)
		}
	}
	for _, args := range [][]string{{".", "!x@mtime"}, {"@mtime"}, {"@mtime@mode"}} {
		if got, err := ParseDependencies(args); err == nil {
			t.Errorf("ParseDependencies(%q) = %+v, want an error", args, got)
		}
	}
	got, err := ParseDependencies([]string{"a", "a@mode", "a@mtime", "a@mode", `!x\@mtime`})
	must(t, err)
	if len(got) != 3 || !slices.Equal(got[0].Excludes, []string{"x@mtime"}) {
		t.Errorf("got %+v", got)
	}
}

func TestCounts(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("no permission bits there")
	}
	k := newTaker(t)
	write(t, k.Dir, "d/f", "1", "d/sub/", "", "d/link", "-> ../target", "target", "1")
	at := time.Now().Add(-24 * time.Hour)
	for _, name := range []string{"d/f", "target", "d/sub", "d"} {
		must(t, os.Chtimes(filepath.Join(k.Dir, name), at, at))
		must(t, os.Chmod(filepath.Join(k.Dir, name), 0o755))
	}
	for _, tt := range []struct {
		name        string
		do          func(path string) error
		plain       string // the change without counts, of mtime, of mode
		mtime, mode string
	}{
		{"d/f", func(p string) error { return os.Chtimes(p, at, at.Add(time.Hour)) }, "", "modification time differs", ""},
		{"d/f", func(p string) error { return os.Chmod(p, 0o711) }, "", "", "permissions are 0711 now (were 0755)"},
		{"d/f", func(p string) error { return os.Chmod(p, 0o600) }, "is no longer executable", "is no longer executable", "is no longer executable"},
		{"d/sub", func(p string) error { return os.Chtimes(p, at, at.Add(time.Hour)) }, "", "modification time differs", ""},
		{"d/sub", func(p string) error { return os.Chmod(p, 0o700) }, "", "", "permissions are 0700 now (were 0755)"},
		{"target", func(p string) error { return os.Chtimes(p, at, at.Add(time.Hour)) }, "", "modification time differs", ""},
		{"target", func(p string) error { return os.Chmod(p, 0o700) }, "", "", "permissions are 0700 now (were 0755)"},
	} {
		path := filepath.Join(k.Dir, tt.name)
		shown := tt.name
		if shown == "target" {
			shown = "d/link"
		}
		wants := map[Counts]string{0: tt.plain, CountMtime: tt.mtime, CountMode: tt.mode, CountMtime | CountMode: tt.mtime + tt.mode}
		if tt.plain != "" {
			wants[CountMtime|CountMode] = tt.plain
		}
		prints := map[Counts]*Fingerprint{}
		for c := range wants {
			dep := pathDep("d")
			dep.Counts = c
			prints[c] = taken(t, k.again(), dep)
		}
		must(t, tt.do(path))
		for c, want := range wants {
			wantMatch(t, k, prints[c], want == "", shown+c.String())
			if _, changes := k.again().Explain(prints[c]); want != "" && !slices.Equal(changes, []Change{{shown, want}}) {
				t.Errorf("%s%v: changes %v, want %q", shown, c, changes, want)
			}
		}
		must(t, os.Chtimes(path, at, at))
		must(t, os.Chmod(path, 0o755))
		for c := range wants {
			wantMatch(t, k, prints[c], true, shown+c.String()+", back")
		}
	}
}
