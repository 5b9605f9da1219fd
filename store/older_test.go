package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// olderStore makes a directory of an older format as its memo left it, last
// used at a time, and returns its path.
func olderStore(t *testing.T, s *Store, used time.Time) string {
	t.Helper()
	put(t, s, testKey(1), testResult(1), "old")
	dir := filepath.Join(s.Root(), "v1")
	must(t, os.Rename(s.Path(), dir))
	must(t, os.WriteFile(filepath.Join(dir, journalName), []byte(journalMagic), 0o600))
	must(t, s.layDown())
	must(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		must(t, err)
		return os.Chtimes(path, used, used)
	}))
	return dir
}

func TestRemoveOlder(t *testing.T) {
	now := time.Now()
	old := now.Add(-olderKept - time.Hour)
	write := func(elem ...string) func(*testing.T, *Store, string) {
		return func(t *testing.T, _ *Store, dir string) {
			path := filepath.Join(append([]string{dir}, elem...)...)
			must(t, os.WriteFile(path, []byte("x"), 0o600))
			must(t, os.Chtimes(path, old, old))
		}
	}
	for _, c := range []struct {
		what    string
		used    time.Time
		change  func(t *testing.T, s *Store, dir string)
		removed bool
	}{
		{"unused for 30 days", old, nil, true},
		{"used since", now.Add(-olderKept + time.Hour), nil, false},
		{"used in the future", now.Add(olderKept * 2), nil, false},
		{"a file of the user's", old, write("notes"), false},
		{"a file among the results", old, write(resultsDir, "notes"), false},
		{"a file among the locks", old, write(locksDir, "notes"), false},
		{"a journal of the user's", old, write(journalName), false},
		{"a file of the user's with the name of a result", old, write(resultsDir, testKey(1).String()[:shardDigits], Ref{Key: testKey(1)}.Name()), false},
		{"a temporary file", old, write(tmpPrefix + "1"), true},
		{"a lock that is left", old, write(locksDir, testKey(1).String()), true},
		{"one recent file", old, func(t *testing.T, _ *Store, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, totalsName), nil, 0o600))
		}, false},
		{"a symlink", old, func(t *testing.T, _ *Store, dir string) {
			must(t, os.Symlink(t.TempDir(), filepath.Join(dir, "recall")))
		}, false},
		{"not marked", old, func(t *testing.T, s *Store, _ string) {
			must(t, os.Remove(filepath.Join(s.Root(), "CACHEDIR.TAG")))
		}, false},
		{"marked by itself", old, func(t *testing.T, s *Store, dir string) {
			must(t, os.Rename(filepath.Join(s.Root(), "CACHEDIR.TAG"), filepath.Join(dir, "CACHEDIR.TAG")))
			must(t, os.Chtimes(filepath.Join(dir, "CACHEDIR.TAG"), old, old))
		}, true},
		{"writable by others", old, func(t *testing.T, _ *Store, dir string) {
			must(t, os.Chmod(dir, 0o777))
		}, false},
	} {
		s := openTest(t)
		s.now = func() time.Time { return now }
		dir := olderStore(t, s, c.used)
		if c.change != nil {
			c.change(t, s, dir)
		}
		want := int64(0)
		if c.removed {
			want = 1
		}
		for _, dryRun := range []bool{true, false} {
			n, size, err := s.RemoveOlder(dryRun)
			must(t, err)
			if n != want || (size > 0) != c.removed {
				t.Errorf("%s: got %d directories of %d bytes, want %d", c.what, n, size, want)
			}
			_, err = os.Lstat(dir)
			if left := err == nil; left != (dryRun || !c.removed) {
				t.Errorf("%s: dry run %v, left %v", c.what, dryRun, left)
			}
		}
		if _, err := os.Stat(s.Path(resultsDir)); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestRemoveOlderInUse: a lock is held as long as a process runs, whatever the
// times of files are.
func TestRemoveOlderInUse(t *testing.T) {
	s := openTest(t)
	now := time.Now()
	s.now = func() time.Time { return now }
	lock, err := s.TryLock(testKey(1))
	must(t, err)
	defer lock.Unlock()
	dir := olderStore(t, s, now.Add(-olderKept-time.Hour))
	if n, _, err := s.RemoveOlder(false); n != 0 || err != nil {
		t.Errorf("got %d directories and %v, want none", n, err)
	}
	if _, err := os.Lstat(dir); err != nil {
		t.Error(err)
	}
}
