//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// umaskEnv is set in the process that TestUmask starts: a umask belongs to a
// whole process.
const umaskEnv = "MEMO_STORE_TEST_UMASK"

// TestUmask: everything that the store makes has the same modes under any
// umask.
func TestUmask(t *testing.T) {
	if root := os.Getenv(umaskEnv); root != "" {
		makeEverything(t, root)
		return
	}
	for _, umask := range []string{"000", "077", "177", "277", "777"} {
		root := filepath.Join(t.TempDir(), "home", ".cache", "memo")
		cmd := exec.Command("/bin/sh", "-c", `umask $1; exec "$2" -test.run='^TestUmask$'`, "sh", umask, os.Args[0])
		cmd.Env = append(os.Environ(), umaskEnv+"="+root, "TMPDIR="+os.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("umask %s: %v\n%s", umask, err, out)
		}
		home := filepath.Dir(filepath.Dir(root))
		made := 0
		must(t, filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
			must(t, err)
			info, err := d.Info()
			must(t, err)
			want := fs.FileMode(0o600)
			if d.IsDir() {
				want = 0o700
			}
			if info.Mode().Perm() != want {
				t.Errorf("umask %s: %s has mode %v, want %v", umask, path, info.Mode().Perm(), want)
			}
			made++
			return nil
		}))
		if made < 20 {
			t.Errorf("umask %s: only %d files and directories were made", umask, made)
		}
	}
}

// makeEverything makes a file of every kind, and leaves it.
func makeEverything(t *testing.T, root string) {
	s, err := Open(root, Options{})
	must(t, err)
	m, err := s.Mark()
	must(t, err)
	ref := put(t, s, testKey(1), testResult(1), "out")
	other := put(t, s, testKey(2), testResult(2), "out")
	must(t, s.WriteHint(ref, []fingerprint.Fingerprint{}))
	_, err = s.SetAside(other)
	must(t, err)
	release, err := s.HoldLog(m)
	must(t, err)
	release()
	must(t, s.Invalidate(Selector{Tags: []string{"x"}}))
	must(t, s.KeepAnswer(fingerprint.Digest{1}, Answer{Asked: 1}))
	s.Record(Event{Kind: Hit})
	s.Enroll("scope", ref)
	_, err = s.Evict(Bounds{}, EvictOptions{Wait: time.Minute})
	must(t, err)
	s.Record(Event{Kind: Hit})
	_, err = s.TryLock(testKey(1))
	must(t, err)
	_, err = s.LockKeeper(testKey(1))
	must(t, err)
	_, err = s.CreateTemp()
	must(t, err)
}

// TestMend: a directory of one's own that lacks bits is mended on opening, and
// what lies in it when it is used.
func TestMend(t *testing.T) {
	for _, perm := range []fs.FileMode{0, 0o200, 0o400, 0o600} {
		s := openTest(t)
		ref := put(t, s, testKey(1), testResult(1), "out")
		shard := filepath.Dir(s.ResultPath(ref))
		dirs := []string{s.Root(), s.Path(), s.Path(resultsDir), shard}
		for _, dir := range dirs {
			defer os.Chmod(dir, 0o700)
		}
		for i := range dirs {
			must(t, os.Chmod(dirs[len(dirs)-1-i], perm))
		}
		s, err := Open(s.Root(), Options{})
		must(t, err)
		s.mendWay(shard)
		for _, dir := range dirs {
			info, err := os.Lstat(dir)
			must(t, err)
			if info.Mode().Perm() != 0o700 {
				t.Errorf("%s of mode %v got %v", dir, perm, info.Mode().Perm())
			}
		}
	}
	s := openTest(t)
	must(t, os.Chmod(s.Path(), 0o500))
	defer os.Chmod(s.Path(), 0o700)
	_, err := Open(s.Root(), Options{})
	must(t, err)
	if info, err := os.Lstat(s.Path()); err != nil || info.Mode().Perm() != 0o500 {
		t.Errorf("a read-only store was made writable: %v, %v", info.Mode(), err)
	}
}

// A dirInfo is what a stat says about a directory.
type dirInfo struct {
	fs.FileInfo
	mode fs.FileMode
	uid  uint32
}

func (d dirInfo) Mode() fs.FileMode { return fs.ModeDir | d.mode }
func (d dirInfo) Sys() any          { return &syscall.Stat_t{Uid: d.uid} }

func TestMayMakeIn(t *testing.T) {
	for _, c := range []struct {
		what string
		dir  dirInfo
		euid int
		want bool
	}{
		{"one's own", dirInfo{mode: 0o700, uid: 1000}, 1000, true},
		{"a user's, as root", dirInfo{mode: 0o700, uid: 1000}, 0, false},
		{"another user's", dirInfo{mode: 0o777, uid: 1001}, 1000, false},
		{"root's, as root", dirInfo{mode: 0o755}, 0, true},
		{"root's, as a user", dirInfo{mode: 0o775}, 1000, true},
		{"/tmp", dirInfo{mode: 0o777 | fs.ModeSticky}, 1000, true},
		{"/tmp in a user namespace", dirInfo{mode: 0o777 | fs.ModeSticky, uid: 65534}, 0, true},
		{"another user's with the sticky bit", dirInfo{mode: 0o755 | fs.ModeSticky, uid: 1001}, 0, false},
	} {
		if got := mayMakeIn(c.dir, c.euid); got != c.want {
			t.Errorf("%s: got %v, want %v", c.what, got, c.want)
		}
	}
}

func TestMakeDirsForeign(t *testing.T) {
	needRoot(t)
	home := filepath.Join(t.TempDir(), "home")
	must(t, os.Mkdir(home, 0o700))
	must(t, os.Chown(home, 12345, 12345))
	var foreign *ForeignError
	for _, dir := range []string{home, filepath.Join(home, "a"), filepath.Join(home, "a", "b")} {
		if err := MakeDirs(dir); !errors.As(err, &foreign) || foreign.Dir != home {
			t.Errorf("%s: got %v, want that %s is another user's", dir, err, home)
		}
	}
	for _, existing := range []bool{false, true} {
		var refused *RefusedError
		if _, err := Open(filepath.Join(home, ".cache", "memo"), Options{Existing: existing}); !errors.As(err, &refused) {
			t.Errorf("got %v, want a RefusedError", err)
		}
	}
	if entries, err := os.ReadDir(home); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestOpenNowhere(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	for _, root := range []string{filepath.Join(dir, "file", "cache"), filepath.Join(dir, "file", "x", "cache")} {
		if _, err := Open(root, Options{Existing: true}); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("got %v, want %v", err, syscall.ENOTDIR)
		}
	}
	for _, root := range []string{filepath.Join(dir, "cache"), filepath.Join(dir, "x", "cache")} {
		if _, err := Open(root, Options{Existing: true}); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
