package store

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// contents returns what is below a directory: the text of each file by path.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		if d.IsDir() {
			all[path] = "directory"
			return nil
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	}))
	return all
}

// TestForeignFormatDir: a directory of the user's that is called as memo's is
// refused, and everything in it stays.
func TestForeignFormatDir(t *testing.T) {
	result := filepath.Join(resultsDir, testKey(1).String()[:shardDigits], Ref{Key: testKey(1)}.Name())
	for _, names := range [][]string{
		{journalName}, {logName}, {totalsName}, {resultsDir}, {result}, {resultsDir + "/notes"},
		{locksDir + "/" + testKey(1).String()}, {"recall/key"}, {refreshDir + "/x"}, {tmpPrefix + "notes"},
		{"README", journalName}, {"todo" + hintSuffix}, {"CACHEDIR.TAG"},
	} {
		for _, beside := range []bool{false, true} {
			root := filepath.Join(t.TempDir(), "project")
			for _, name := range names {
				path := filepath.Join(root, formatDir, name)
				must(t, os.MkdirAll(filepath.Dir(path), 0o700))
				must(t, os.WriteFile(path, []byte("mine"), 0o600))
			}
			if beside {
				must(t, os.WriteFile(filepath.Join(root, "main.go"), []byte("package main"), 0o600))
			}
			before := contents(t, root)
			for _, existing := range []bool{false, true} {
				_, err := Open(root, Options{Existing: existing})
				var refused *RefusedError
				if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "memo did not make") {
					t.Errorf("%v: got %v, want a RefusedError", names, err)
				}
			}
			if after := contents(t, root); !maps.Equal(before, after) {
				t.Errorf("%v: got %v, want %v", names, after, before)
			}
		}
	}
}

// TestUnlabelled: a store is known by what memo wrote when its labels are gone
// or damaged, and it is labelled again.
func TestUnlabelled(t *testing.T) {
	labels := func(s *Store) []string {
		return []string{filepath.Join(s.Root(), tagName), filepath.Join(s.Root(), readmeName)}
	}
	for name, change := range map[string]func(s *Store){
		"tag removed": func(s *Store) { must(t, os.Remove(labels(s)[0])) },
		"tag damaged": func(s *Store) { must(t, os.WriteFile(labels(s)[0], []byte("x"), 0o600)) },
		"labels removed": func(s *Store) {
			for _, path := range labels(s) {
				must(t, os.Remove(path))
			}
		},
		"only results": func(s *Store) {
			for _, path := range append(labels(s), s.Path(logName), s.Path(journalName), s.Path(totalsName)) {
				_ = os.Remove(path)
			}
		},
		"nothing": func(s *Store) {
			for _, path := range append(labels(s), s.Path(logName), s.Path(journalName), s.Path(totalsName), s.Path(resultsDir)) {
				must(t, os.RemoveAll(path))
			}
		},
	} {
		s := openTest(t)
		put(t, s, testKey(1), testResult(1), "out")
		_, err := s.Mark()
		must(t, err)
		change(s)
		if _, err := Open(s.Root(), Options{Existing: true}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if marked(s.dir) {
			t.Errorf("%s: looking at the store labelled it", name)
		}
		if _, err := Open(s.Root(), Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !marked(s.dir) {
			t.Errorf("%s: it has no tag again", name)
		}
	}
}

// TestSweepForeignRoot: in a directory of the user's that memo shares, nothing
// but memo's own is swept.
func TestSweepForeignRoot(t *testing.T) {
	root := t.TempDir()
	old := time.Now().Add(-48 * time.Hour)
	for _, name := range []string{"main.go", tmpPrefix + "notes", tmpPrefix + "0123456789abcdef", "todo" + hintSuffix} {
		must(t, os.WriteFile(filepath.Join(root, name), []byte("mine"), 0o600))
		must(t, os.Chtimes(filepath.Join(root, name), old, old))
	}
	before := contents(t, root)
	s, err := Open(root, Options{})
	must(t, err)
	must(t, os.WriteFile(s.Path("todo"+hintSuffix), []byte("mine"), 0o600))
	must(t, os.Chtimes(s.Path("todo"+hintSuffix), old, old))
	left := s.Path(tmpPrefix + "0123456789abcdef")
	must(t, os.WriteFile(left, nil, 0o600))
	must(t, os.Chtimes(left, old, old))
	ev, err := s.Evict(Bounds{}, EvictOptions{})
	if err != nil || ev.Swept != 1 {
		t.Errorf("swept %d and %v, want the one of memo's", ev.Swept, err)
	}
	after := contents(t, root)
	for path := range before {
		if after[path] != before[path] {
			t.Errorf("%s: got %q, want %q", path, after[path], before[path])
		}
	}
	if _, err := os.Lstat(s.Path("todo" + hintSuffix)); err != nil {
		t.Error(err)
	}
}

// TestSymlinkedRoot: maintenance leaves the links alone by which a user put the
// store elsewhere.
func TestSymlinkedRoot(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "disk"), 0o700))
	root := filepath.Join(dir, "cache")
	if err := os.Symlink(filepath.Join(dir, "disk"), root); err != nil {
		t.Skip(err)
	}
	s, err := Open(root, Options{})
	must(t, err)
	must(t, os.Rename(s.Path(), filepath.Join(dir, "format")))
	must(t, os.Symlink(filepath.Join(dir, "format"), s.Path()))
	s, err = Open(root, Options{})
	must(t, err)
	put(t, s, testKey(1), testResult(1), "out")
	s.Record(Event{Kind: Hit})
	_, err = s.Evict(Bounds{}, EvictOptions{})
	must(t, err)
	for _, path := range []string{root, filepath.Join(root, formatDir)} {
		if info, err := os.Lstat(path); err != nil || info.Mode().Type() != fs.ModeSymlink {
			t.Errorf("%s is no symlink any more: %v", path, err)
		}
	}
	if refs, err := s.Variants(testKey(1)); len(refs) != 1 {
		t.Errorf("got %v and %v, want the result", refs, err)
	}
}
