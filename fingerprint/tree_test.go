package fingerprint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTree(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "d/a", "1", "d/sub/b", "2", "d/empty/", "")
	fp := taken(t, k, pathDep("d"))
	wantCounted(t, fp, "", "a", "empty", "sub", "sub/b")
	steps := []struct {
		when  string
		do    func()
		match bool
	}{
		{"file added", func() { write(t, k.Dir, "d/sub/c", "") }, false},
		{"file removed", func() { os.Remove(filepath.Join(k.Dir, "d/sub/c")) }, true},
		{"edited", func() { write(t, k.Dir, "d/sub/b", "3") }, false},
		{"edited back", func() { write(t, k.Dir, "d/sub/b", "2") }, true},
		{"empty directory added", func() { write(t, k.Dir, "d/empty/e/", "") }, false},
		{"empty directory removed", func() { os.Remove(filepath.Join(k.Dir, "d/empty/e")) }, true},
		{"executable", func() { os.Chmod(filepath.Join(k.Dir, "d/a"), 0o755) }, false},
		{"not executable", func() { os.Chmod(filepath.Join(k.Dir, "d/a"), 0o644) }, true},
		{"renamed", func() { os.Rename(filepath.Join(k.Dir, "d/a"), filepath.Join(k.Dir, "d/A")) }, false},
	}
	for _, s := range steps {
		s.do()
		wantMatch(t, k, fp, s.match, s.when)
	}
	_, changes := k.again().Explain(fp)
	if want := []Change{{"d/A", "is new"}, {"d/a", "is gone"}}; !slices.Equal(changes, want) {
		t.Errorf("changes %v, want %v", changes, want)
	}
}

func TestTreeExcludes(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "d/a.go", "", "d/a.log", "", "d/out/x", "", "d/sub/b.log", "", "d/sub/out/y", "", "e/lit}eral", "")
	deps, err := ParseDependencies([]string{"d", "e", "d/*", "!**/*.log", "!d/out", "!e/lit}eral", "!" + k.Dir + "/d/sub/out/**"})
	must(t, err)
	wantCounted(t, taken(t, k, deps[0]), "", "a.go", "sub")
	wantCounted(t, taken(t, k, deps[1]), "")
	wantCounted(t, taken(t, k, deps[2]), "a.go", "sub")
	fp := taken(t, k, deps[0])
	write(t, k.Dir, "d/sub/new.log", "", "d/out/z", "")
	wantMatch(t, k, fp, true, "excluded files were added")
}

func TestSymlinks(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "one", "1", "same", "1", "two", "2", "link", "-> one", "chain", "-> link", "dangling", "-> gone")
	link, chain := taken(t, k, pathDep("link")), taken(t, k, pathDep("chain"))
	dangling := taken(t, k, pathDep("dangling"))
	if e := link.Entries[0]; e.Type != TypeSymlink || e.Link != "one" || e.TargetType != TypeFile || e.Target == nil {
		t.Errorf("entry %+v", e)
	}
	if e := dangling.Entries[0]; e.TargetType != TypeAbsent || e.Target != nil {
		t.Errorf("entry %+v", e)
	}
	for _, fp := range []*Fingerprint{link, chain, dangling} {
		wantMatch(t, k, fp, true, "untouched")
	}
	write(t, k.Dir, "link", "-> same")
	wantMatch(t, k, link, false, "other text, same content")
	wantMatch(t, k, chain, true, "same text, same content")
	write(t, k.Dir, "link", "-> two")
	wantMatch(t, k, chain, false, "leads to other content")
	write(t, k.Dir, "link", "-> one")
	wantMatch(t, k, link, true, "retargeted back")
	write(t, k.Dir, "one", "x")
	wantMatch(t, k, link, false, "target edited")
	write(t, k.Dir, "gone", "")
	wantMatch(t, k, dangling, false, "target appeared")
}

func TestSymlinkedDirectories(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "real/sub/f", "1", "real/sub/up", "-> ..", "real/self", "-> .", "real/zlink", "-> sub",
		"outside/g", "1", "real/out", "-> ../outside", "base", "-> real")
	base := taken(t, k, pathDep("base"))
	wantCounted(t, base, "", "out", "out/g", "self", "sub", "sub/f", "sub/up", "zlink")
	if base.Entries[0].Type != TypeSymlink || base.Entries[0].TargetType != TypeDir {
		t.Errorf("base %+v", base.Entries[0])
	}
	wantMatch(t, k, base, true, "untouched")
	write(t, k.Dir, "outside/h", "")
	wantMatch(t, k, base, false, "file added behind a symlink")
	os.Remove(filepath.Join(k.Dir, "outside/h"))
	write(t, k.Dir, "real/sub/f", "2")
	wantMatch(t, k, base, false, "edited behind a symlink")
}

func TestStoreIsNoPartOfATree(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "a", "", "cache/v1/x", "")
	st, err := statPath(filepath.Join(k.Dir, "cache"), false)
	must(t, err)
	k.Store = []Stat{{Dev: st.Dev, Ino: st.Ino}}
	tree, glob := taken(t, k, pathDep(".")), taken(t, k, globDep("**"))
	wantCounted(t, tree, "", "a")
	wantCounted(t, glob, "a")
	wantCounted(t, taken(t, k, pathDep("cache")), "")
	wantCounted(t, taken(t, k, globDep("*/*")))
	write(t, k.Dir, "cache/v1/y", "", "cache/z", "")
	wantMatch(t, k, tree, true, "the store grew")
	wantMatch(t, k, glob, true, "the store grew")
}
