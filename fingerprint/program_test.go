//go:build unix

package fingerprint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// program writes executables.
func program(t testing.TB, dir string, paths ...string) {
	t.Helper()
	for _, path := range paths {
		write(t, dir, path, "#!/bin/sh\n")
		must(t, os.Chmod(filepath.Join(dir, path), 0o755))
	}
}

func TestFindProgram(t *testing.T) {
	k := newTaker(t)
	dir := k.Dir
	program(t, dir, "bin/tool", "other/tool", "here", "bin/sub/x", "-dash")
	write(t, dir, "first/tool", "not executable", "bin/link", "-> ../other/tool", "bin/dangling", "-> gone", "bin/dir/", "")
	tests := []struct {
		path, name, want string
		err              error
	}{
		{dir + "/bin:" + dir + "/other", "tool", dir + "/bin/tool", nil},
		{dir + "/gone:" + dir + "/other", "tool", dir + "/other/tool", nil},
		{dir + "/first:" + dir + "/other", "tool", dir + "/other/tool", nil},
		{dir + "/here/below:bin", "tool", "bin/tool", nil},
		{"bin/", "tool", "bin/tool", nil},
		{"", "here", "./here", nil},
		{"/gone:", "here", "./here", nil},
		{".", "here", "./here", nil},
		{"", "-dash", "./-dash", nil},
		{"bin", "link", "bin/link", nil},
		{"bin", "bin/tool", "bin/tool", nil},
		{"", "./here", "./here", nil},
		{"bin", "sub/x", "", fs.ErrNotExist},
		{"bin", dir + "/here", dir + "/here", nil},
		{dir + "/first", "tool", "", fs.ErrPermission},
		{"bin:other", "dir", "", fs.ErrPermission},
		{"bin", "bin/dir", "", fs.ErrPermission},
		{"bin", "first/tool", "", fs.ErrPermission},
		{"bin", "dangling", "", fs.ErrNotExist},
		{"bin:other", "nope", "", fs.ErrNotExist},
		{"bin", "", "", fs.ErrNotExist},
	}
	for _, tt := range tests {
		w := NewWorld([]string{"PATH=" + tt.path}, dir)
		got, err := FindProgram(w, dir, tt.name)
		if got != tt.want || !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
			t.Errorf("PATH=%q: FindProgram(%q) = %q, %v, want %q, %v", tt.path, tt.name, got, err, tt.want, tt.err)
		}
	}
	if _, err := FindProgram(NewWorld(nil, dir), dir, "here/below"); errors.Is(err, fs.ErrNotExist) {
		t.Errorf("below a file: %v, want an error that isn't fs.ErrNotExist", err)
	}
	if got, err := FindProgram(NewWorld(nil, dir), dir, "sh"); err != nil || !strings.HasSuffix(got, "/sh") {
		t.Errorf("without PATH: %q, %v", got, err)
	}
	w := NewWorld([]string{"PATH=" + dir + "/gone:" + dir + "/bin"}, dir)
	FindProgram(w, dir, "tool")
	c := w.Consulted()
	if !slices.Equal(c.Names, []string{"PATH"}) || len(c.Paths) != 2 || !c.Paths[1].Absent {
		t.Errorf("consulted %+v, want PATH and both candidates", c)
	}
}

func TestProgram(t *testing.T) {
	k := newTaker(t)
	k.World.env["PATH"] = "early:" + k.Dir + "/bin"
	program(t, k.Dir, "bin/tool")
	dep := Dependency{Kind: KindProgram, Pattern: "tool"}
	fp := taken(t, k, dep)
	if e := fp.Entries; len(e) != 3 || e[0].Path != "early/tool" || !e[0].Walked || e[1].Path != k.Dir+"/bin/tool" || e[2].Path != "/bin/sh" {
		t.Fatalf("entries %+v, want the candidate, the program and its interpreter", e)
	}
	wantMatch(t, k, fp, true, "untouched")
	write(t, k.Dir, "early/tool", "no program")
	wantMatch(t, k, fp, true, "shadowed by what isn't executable")
	program(t, k.Dir, "early/tool")
	wantMatch(t, k, fp, false, "shadowed")
	must(t, os.Remove(filepath.Join(k.Dir, "early/tool")))
	wantMatch(t, k, fp, true, "no longer shadowed")
	write(t, k.Dir, "bin/tool", "#!/bin/sh\necho\n")
	wantMatch(t, k, fp, false, "edited in place")
	program(t, k.Dir, "bin/tool")
	wantMatch(t, k, fp, true, "edited back")
	other := k.again()
	other.World.env = map[string]string{"PATH": k.Dir + "/gone"}
	if match, _ := other.Check(fp); match {
		t.Error("another PATH, on which the program isn't, matches")
	}
	must(t, os.Chmod(filepath.Join(k.Dir, "bin/tool"), 0o644))
	wantMatch(t, k, fp, false, "not executable")
	denied := taken(t, k, dep)
	wantMatch(t, k, denied, true, "still not executable")
	must(t, os.Remove(filepath.Join(k.Dir, "bin/tool")))
	wantMatch(t, k, fp, false, "gone")
	wantMatch(t, k, denied, false, "gone")
	gone := taken(t, k, dep)
	wantMatch(t, k, gone, true, "still gone")
	program(t, k.Dir, "bin/tool")
	wantMatch(t, k, gone, false, "there again")
}

func TestLargeProgram(t *testing.T) {
	k := newTaker(t)
	k.World.env["PATH"] = "."
	path := filepath.Join(k.Dir, "tool")
	content := strings.Repeat("x", maxProgram+1)
	write(t, k.Dir, "tool", content, "link", "-> tool")
	must(t, os.Chmod(path, 0o755))
	for _, name := range []string{"tool", "link"} {
		dep := Dependency{Kind: KindProgram, Pattern: name}
		write(t, k.Dir, "tool", content)
		fp := taken(t, k, dep)
		if !fp.Entries[0].Digest.IsZero() {
			t.Error("the content of a large program was read")
		}
		wantMatch(t, k, fp, true, "untouched")
		must(t, os.Chtimes(path, time.Now(), time.Now()))
		wantMatch(t, k, fp, false, "the stat is the state")
	}

	dep := Dependency{Kind: KindProgram, Pattern: "tool"}
	young := takerAt(k.Dir, 0)
	young.World.env["PATH"] = "."
	write(t, k.Dir, "tool", content)
	fp := taken(t, young, dep)
	if !fp.Entries[0].Racy || fp.Entries[0].Digest.IsZero() {
		t.Fatal("a large program that was just written is told by its stat alone")
	}
	updated := wantMatch(t, k, fp, true, "not edited since")
	if updated == nil || updated.Entries[0].Racy {
		t.Fatalf("updated %+v, want a stat that is trusted now", updated)
	}
	wantMatch(t, k, updated, true, "updated")
	fp.Entries[0].Digest[0] ^= 1 // as if edited in the tick of the first look
	if match, _ := k.again().Check(fp); match {
		t.Error("other content under the same young stat matches")
	}
}

func TestConsultedAccess(t *testing.T) {
	k := newTaker(t)
	k.World.env["PATH"] = "early:late"
	program(t, k.Dir, "late/tool")
	write(t, k.Dir, "early/tool", "not executable")
	if _, err := FindProgram(k.World, k.Dir, "tool"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.World.ReadFile("early/tool"); err != nil {
		t.Fatal(err)
	}
	c := k.World.Consulted()
	if len(c.Paths) != 2 || c.Unstable || c.Paths[0].Access != MayRead|MayNotExecute || c.Paths[1].Access != MayExecute {
		t.Errorf("consulted %+v, want what may be done with both candidates", c)
	}
	if err := k.World.mayExecute(filepath.Join(k.Dir, "late/tool"), c.Paths[0].Stat); err != nil || !k.World.Consulted().Unstable {
		t.Errorf("another stat: %v, want it to be unstable", err)
	}
}
