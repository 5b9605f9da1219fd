package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// openTest returns a store in a new directory.
func openTest(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "cache"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testKey returns a key whose every byte is b.
func testKey(b byte) (key fingerprint.Key) {
	for i := range key {
		key[i] = b
	}
	return key
}

func testResult(created int64) *Result {
	return &Result{Argv: []string{"echo", "\xff"}, Dir: "/tmp", Created: created, Elapsed: time.Second}
}

// put stores a result with some output.
func put(t testing.TB, s *Store, key fingerprint.Key, res *Result, stdout string) Ref {
	t.Helper()
	w := s.NewWriter(key)
	defer w.Discard()
	w.Write(Stdout, []byte(stdout))
	ref, err := w.Commit(res)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestOpenLaysDown(t *testing.T) {
	root := filepath.Join(t.TempDir(), "a", "b")
	s, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	tag, err := os.ReadFile(filepath.Join(root, "CACHEDIR.TAG"))
	if err != nil || !strings.HasPrefix(string(tag), "Signature: 8a477f597d28d172789f06886806bc55") {
		t.Errorf("tag: got %q, %v", tag, err)
	}
	for _, path := range []string{root, s.Path(), s.Path("results"), s.Path("locks"), s.Path("refresh")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); renameOpen && got != 0o700 {
			t.Errorf("mode of %s: got %o, want 700", path, got)
		}
	}
	if got := s.Root(); got != root {
		t.Errorf("Dir: got %q, want %q", got, root)
	}
	if renameOpen && len(s.IDs()) != 2 {
		t.Errorf("IDs: got %v, want two directories", s.IDs())
	}
	again, err := Open(root, Options{})
	if err != nil || len(again.IDs()) != len(s.IDs()) {
		t.Errorf("open again: %v", err)
	}
}

func TestOpenDoesNotTagForeignContent(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "thesis.tex"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "CACHEDIR.TAG")); err == nil {
		t.Error("a directory with other content was tagged as a cache")
	}
	if _, err := os.Stat(s.Path("CACHEDIR.TAG")); err != nil {
		t.Error(err)
	}
}

func TestOpenExistingCreatesNothing(t *testing.T) {
	root := filepath.Join(t.TempDir(), "cache")
	s, err := Open(root, Options{Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	for range s.All() {
		t.Error("a result in an empty store")
	}
	if refs, err := s.Variants(testKey(1)); len(refs) != 0 || err != nil {
		t.Errorf("Variants: got %v, %v", refs, err)
	}
	if n, err := s.VerifyAll(true, nil); n != 0 || err != nil {
		t.Errorf("VerifyAll: got %d, %v", n, err)
	}
	w := s.NewWriter(testKey(1))
	if _, err := w.Commit(testResult(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Commit: got %v, want not exist", err)
	}
	if _, err := os.Lstat(root); err == nil {
		t.Error("the directory was created")
	}
}

func TestOpenRefuses(t *testing.T) {
	if !renameOpen {
		t.Skip("modes and owners are not looked at on this platform")
	}
	prepare := map[string]func(t *testing.T, root string){
		"file": func(t *testing.T, root string) {
			must(t, os.WriteFile(root, nil, 0o600))
		},
		"world-writable": func(t *testing.T, root string) {
			must(t, os.Mkdir(root, 0o700))
			must(t, os.Chmod(root, 0o777))
		},
		"group-writable version": func(t *testing.T, root string) {
			must(t, os.MkdirAll(filepath.Join(root, formatDir), 0o700))
			must(t, os.Chmod(filepath.Join(root, formatDir), 0o770))
		},
		"link to world-writable": func(t *testing.T, root string) {
			must(t, os.Mkdir(root+".d", 0o700))
			must(t, os.Chmod(root+".d", 0o777))
			must(t, os.Symlink(root+".d", root))
		},
		"foreign": func(t *testing.T, root string) {
			needRoot(t)
			must(t, os.Mkdir(root, 0o755))
			must(t, os.Chown(root, 12345, 12345))
		},
		"foreign link": func(t *testing.T, root string) {
			needRoot(t)
			must(t, os.Mkdir(root+".d", 0o700))
			must(t, os.Symlink(root+".d", root))
			must(t, os.Lchown(root, 12345, 12345))
		},
	}
	for name, do := range prepare {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "cache")
			do(t, root)
			for _, existing := range []bool{false, true} {
				_, err := Open(root, Options{Existing: existing})
				var refused *RefusedError
				if !errors.As(err, &refused) {
					t.Fatalf("got %v, want a RefusedError", err)
				}
				if !strings.HasPrefix(refused.Path, root) || refused.Fix == "" {
					t.Errorf("got %v, want path and fix", err)
				}
			}
			if _, err := os.Lstat(filepath.Join(root, "CACHEDIR.TAG")); err == nil {
				t.Error("something was created in a refused directory")
			}
		})
	}
}

func TestOpenManyAtOnce(t *testing.T) {
	root := filepath.Join(t.TempDir(), "x", "cache")
	errs := make(chan error)
	for i := range 32 {
		go func() {
			s, err := Open(root, Options{})
			if err == nil {
				_, err = s.NewWriter(testKey(byte(i))).Commit(testResult(1))
			}
			errs <- err
		}()
	}
	for range 32 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, tmpPrefix+"*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root to give files away")
	}
}

func BenchmarkOpen(b *testing.B) {
	s := openTest(b)
	for b.Loop() {
		if _, err := Open(s.Root(), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
