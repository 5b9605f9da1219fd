package fingerprint

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestParseDependencies(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("backslashes separate there")
	}
	tests := []struct {
		arg  string
		want Dependency
	}{
		{"a", pathDep("a")},
		{"./a//b/.//", pathDep("a/b")},
		{".", pathDep(".")},
		{"./", pathDep(".")},
		{"/", pathDep("/")},
		{"//a/", pathDep("/a")},
		{"..", pathDep("..")},
		{"a/../b", pathDep("a/../b")},
		{`a\*b`, pathDep("a*b")},
		{`\!a`, pathDep("!a")},
		{"./!a", pathDep("!a")},
		{`we\ird\`, pathDep(`we\ird\`)},
		{`we\\ird\\`, pathDep(`we\ird\`)},
		{`a\/b`, pathDep(`a\/b`)},
		{`a\b\[*`, globDep(`a\\b\[*`)},
		{`[\a]*\`, globDep(`[\a]*\\`)},
		{"a}b]", pathDep("a}b]")},
		{"./src//**/./*.go", globDep("src/**/*.go")},
		{"../x/*", globDep("../x/*")},
		{"{a,./b}/c/", globDep("{a,./b}/c")},
		{"[/]x/", globDep("[/]x")},
		{`a\*/*`, globDep(`a\*/*`)},
	}
	for _, tt := range tests {
		got, err := ParseDependencies([]string{tt.arg})
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], tt.want) {
			t.Errorf("ParseDependencies(%q) = %+v, %v, want %+v", tt.arg, got, err, tt.want)
		}
	}
}

func TestParseDependenciesOrder(t *testing.T) {
	a, err := ParseDependencies([]string{"b", "!x/", "*.go", "./a", "!b*", "a"})
	must(t, err)
	b, err := ParseDependencies([]string{"!b*", "a/", "*.go", "!./x", "b", "b", "!b*"})
	must(t, err)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("order counts:\n%+v\n%+v", a, b)
	}
	if len(a) != 3 || !reflect.DeepEqual(a[2].Excludes, []string{"b*", "x"}) {
		t.Errorf("got %+v", a)
	}
	if got, err := ParseDependencies(nil); err != nil || len(got) != 0 {
		t.Errorf("ParseDependencies(nil) = %v, %v", got, err)
	}
}

func TestParseDependenciesErrors(t *testing.T) {
	for arg, want := range map[string]string{
		"":        "empty pattern",
		"!":       "empty pattern",
		"!x":      "-d . -d '!x'",
		"[":       "bad glob",
		"a/{b":    "bad glob",
		"*}":      "bad glob",
		"a\x00b":  "NUL",
		"*/../x":  "matches nothing",
		"x*\x00y": "NUL",
	} {
		_, err := ParseDependencies([]string{arg})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseDependencies(%q): %v, want an error with %q", arg, err, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("such names can't be")
	}
	k := newTaker(t)
	write(t, k.Dir, "a[1", "", "{a,b", "", "!x[", "", "*", "", `b[\`, "")
	for arg, want := range map[string]string{
		"a[1": `a\[1`, "{a,b": `\{a,b`, "!x[": `\!x\[`, `b[\`: `b\[\\`, "!a[1": `!a\[1`, // as they are
		"a[2": "a[2", "*": "*", "!*": "!*", "a\x00[": "a\x00[",
	} {
		if got := Literal(k.World, arg); got != want {
			t.Errorf("%q: got %q, want %q", arg, got, want)
		}
	}
}

func FuzzParseDependencies(f *testing.F) {
	for _, s := range []string{"a", "!a", "*", `\`, "{a,b", "[a-", "a/../b", "/", "{,}", `[\]]`, "a@mtime", `*\@mode@mtime`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		deps, err := ParseDependencies([]string{s, "anchor"})
		if err != nil {
			return
		}
		for _, d := range deps {
			if d.Pattern == "" {
				t.Errorf("%q became an empty pattern", s)
			}
			if d.Kind == KindGlob {
				again, err := ParseDependencies([]string{d.Arg()})
				if err != nil || again[0].Pattern != d.Pattern || again[0].Counts != d.Counts {
					t.Errorf("%q became %q, which becomes %v, %v", s, d.Pattern, again, err)
				}
			}
			if _, err := newExcludes("/", d.Excludes); err != nil {
				t.Errorf("%q became excludes %q: %v", s, d.Excludes, err)
			}
		}
	})
}

func TestPhysicalDir(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "real/x", "", "link", "-> real")
	t.Chdir(filepath.Join(k.Dir, "link"))
	t.Setenv("PWD", filepath.Join(k.Dir, "link"))
	got, err := PhysicalDir()
	if want := filepath.Join(k.Dir, "real"); err != nil || got != want {
		t.Errorf("PhysicalDir() = %q, %v, want %q", got, err, want)
	}
	if runtime.GOOS == "windows" {
		return
	}
	must(t, os.RemoveAll(filepath.Join(k.Dir, "real")))
	if got, err := PhysicalDir(); err == nil {
		t.Errorf("PhysicalDir() in a deleted directory = %q", got)
	}
}

func TestArgReadsBack(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("a backslash separates here")
	}
	for _, path := range []string{"a", "a/b c", `we\ird`, "!x", "a!b", "[id]", "{a,b}", "what?", "*", "/abs/*/x", "x@mtime", "x*@mode", `x\@mtime`, "x@mode@mtime"} {
		d := Dependency{Kind: KindPath, Pattern: path}
		got, err := ParseDependencies([]string{d.Arg()})
		if err != nil || len(got) != 1 || got[0].Kind != KindPath || got[0].Pattern != path {
			t.Errorf("%q as %q: got %v, %v", path, d.Arg(), got, err)
		}
	}
}
