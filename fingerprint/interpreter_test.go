//go:build unix

package fingerprint

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// executable writes executables, given as path and content in turn.
func executable(t testing.TB, dir string, files ...string) {
	t.Helper()
	write(t, dir, files...)
	for i := 0; i < len(files); i += 2 {
		must(t, os.Chmod(filepath.Join(dir, files[i]), 0o755))
	}
}

func TestInterpreters(t *testing.T) {
	const elf = "\x7fELF\x02\x01\x01\x00"
	k := newTaker(t)
	k.World.env["PATH"] = "bin"
	k.World.env["WHERE"] = "other"
	executable(t, k.Dir, "bin/lang", elf, "other/lang", elf, "bin/env", elf, "lang", elf,
		"bin/a", "#!bin/b\n", "bin/b", "#!bin/c\n", "bin/c", "#!bin/d\n", "bin/d", "#!bin/lang\n", "bin/e", "#!bin/a\n")
	lang := []string{"bin/env", "bin/lang"}
	other := []string{"bin/env", "other/lang"}
	tests := []struct {
		script string
		want   []string
	}{
		{elf, nil},
		{"", []string{"/bin/sh"}},
		{"echo", []string{"/bin/sh"}},
		{"#!\necho", []string{"/bin/sh"}},
		{"#!" + strings.Repeat("x", 300) + "\n", []string{"/bin/sh"}},
		{"#!bin/lang", []string{"bin/lang"}},
		{"#! \tbin/lang \t-x y\n", []string{"bin/lang"}},
		{"#!lang\n", []string{"./lang"}},
		{"#!bin/gone\n", []string{"bin/gone"}},
		{"#!bin/a\n", []string{"bin/a", "bin/b", "bin/c", "bin/d"}},
		{"#!bin/d\n", []string{"bin/d", "bin/lang"}},
		{"#!bin/env lang\n", lang},
		{"#!bin/env gone\n", []string{"bin/env", "gone"}},
		{"#!bin/env d\n", []string{"bin/env", "bin/d", "bin/lang"}},
		{"#!bin/env -S lang -x\n", lang},
		{"#!bin/env -Slang\n", lang},
		{"#!bin/env -vS A=b  lang\n", lang},
		{"#!bin/env --split-string=lang -x\n", lang},
		{"#!bin/env -S PATH=other A=b lang\n", other},
		{"#!bin/env -S PATH=${WHERE} lang\n", other},
		{"#!bin/env -S \"PATH=oth\"er\\_'lang'\n", other},
		{"#!bin/env -iS PATH=other lang\n", other},
		{"#!bin/env -S - PATH=other lang\n", other},
		{"#!bin/env -S -C other PATH=. lang\n", []string{"bin/env", k.Dir + "/other/./lang"}},
		{"#!bin/env -S -u PATH sh-that-is-nowhere\n", []string{"bin/env", "sh-that-is-nowhere"}},
		{"#!bin/env -S -u A -- lang # a comment\n", lang},
		{"#!bin/env -S --nonsense lang\n", []string{"bin/env"}},
		{"#!bin/env\n", []string{"bin/env"}},
	}
	for _, tt := range tests {
		executable(t, k.Dir, "script", tt.script)
		fp := taken(t, k.again(), Dependency{Kind: KindProgram, Pattern: "./script"})
		var got []string
		for _, e := range fp.programs() {
			got = append(got, e.Path)
		}
		if want := append([]string{"./script"}, tt.want...); !slices.Equal(got, want) {
			t.Errorf("%q: programs %q, want %q", tt.script, got, want)
		}
		wantMatch(t, k, fp, true, tt.script)
	}
	if runtime.GOOS == "linux" {
		executable(t, k.Dir, "script", "#!bin/env lang -x\n")
		fp := taken(t, k.again(), Dependency{Kind: KindProgram, Pattern: "./script"})
		if p := fp.programs(); len(p) != 3 || p[2].Path != "lang -x" || p[2].Type != TypeAbsent {
			t.Errorf("programs %+v, want one word behind env", p)
		}
	}
}

func TestInterpreterChanges(t *testing.T) {
	k := newTaker(t)
	k.World.env["PATH"] = "early:bin"
	executable(t, k.Dir, "bin/env", "\x00", "bin/lang", "\x00one", "script", "#!bin/env lang\n", "plain", "echo")
	fp := taken(t, k, Dependency{Kind: KindProgram, Pattern: "./script"})
	wantMatch(t, k, fp, true, "untouched")
	write(t, k.Dir, "bin/lang", "\x00two")
	wantMatch(t, k, fp, false, "interpreter edited")
	if _, changes := k.again().Explain(fp); len(changes) != 1 || changes[0] != (Change{"bin/lang", "content differs"}) {
		t.Errorf("changes %v", changes)
	}
	write(t, k.Dir, "bin/lang", "\x00one")
	wantMatch(t, k, fp, true, "edited back")
	executable(t, k.Dir, "early/lang", "\x00one")
	wantMatch(t, k, fp, false, "interpreter shadowed")
	must(t, os.Remove(filepath.Join(k.Dir, "early/lang")))
	wantMatch(t, k, fp, true, "no longer shadowed")
	must(t, os.Chmod(filepath.Join(k.Dir, "bin/lang"), 0o644))
	wantMatch(t, k, fp, false, "interpreter not executable")
	must(t, os.Remove(filepath.Join(k.Dir, "bin/lang")))
	wantMatch(t, k, fp, false, "interpreter gone")
	wantMatch(t, k, taken(t, k.again(), fp.Dep), true, "still gone")

	executable(t, k.Dir, "bin/lang", "\x00"+strings.Repeat("x", maxProgram))
	fp = taken(t, k.again(), fp.Dep)
	wantMatch(t, k, fp, true, "untouched")
	write(t, k.Dir, "bin/lang", "\x00"+strings.Repeat("x", maxProgram))
	wantMatch(t, k, fp, false, "a large interpreter was replaced")

	w := k.again()
	taken(t, w, fp.Dep)
	var paths []string
	for _, c := range w.World.Consulted().Paths {
		rel, _ := filepath.Rel(k.Dir, c.Path)
		if c.Follow && !c.Absent && c.Access&MayExecute != 0 {
			paths = append(paths, rel)
		}
	}
	slices.Sort(paths)
	if want := []string{"bin/env", "bin/lang", "script"}; !slices.Equal(paths, want) || w.World.Consulted().Unstable {
		t.Errorf("consulted %q, want %q and stable", paths, want)
	}
}
