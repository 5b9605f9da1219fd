package nest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A bench is a store in a directory.
type bench struct {
	*testing.T
	dir   string
	store *store.Store
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a run that has ended looks like a live one there")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(dir, "cache"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t, dir, s}
}

// enclosed opens a nest, in the file of lock if lock is not nil, and the
// enclosure of a nested call.
func (b *bench) enclosed(lock *store.Lock) (*Nest, *Enclosure) {
	b.Helper()
	n, err := Open(b.store, lock, Header{Started: 17, Keyed: []string{"A"}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(n.Close)
	return n, b.find(n.Context())
}

// lock takes the lock of a key.
func (b *bench) lock() *store.Lock {
	b.Helper()
	lock, err := b.store.TryLock(fingerprint.Key{1})
	if err != nil {
		b.Skip("no locks here: ", err)
	}
	b.Cleanup(lock.Unlock)
	return lock
}

// find returns the enclosure of a process with a context.
func (b *bench) find(context string) *Enclosure {
	e := Find(fingerprint.NewWorld([]string{ContextVar + "=" + context}, b.dir))
	b.Cleanup(e.Close)
	return e
}

func TestContributionsArrive(t *testing.T) {
	b := newBench(t)
	check := func(lock *store.Lock) {
		n, e := b.enclosed(lock)
		if e == nil || e.header.Started != 17 {
			t.Fatalf("enclosure: %+v", e)
		}
		want := Contribution{ID: e.id, Tags: []string{"t", "\xff"}, Until: 5, Carried: 6, NoStore: "why", Run: n.id}
		e.Begin()
		if err := e.End(want); err != nil {
			t.Fatal(err)
		}
		got, err := n.Contributions()
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	check(nil)
	lock := b.lock()
	check(lock)
	check(lock) // another attempt
}

// TestContributionsToAnother checks calls that outlive their outer run while
// another run uses the same lock file.
func TestContributionsToAnother(t *testing.T) {
	b := newBench(t)
	lock := b.lock()
	old, e := b.enclosed(lock)
	n, _ := b.enclosed(lock)
	e.Begin()
	if got, err := n.Contributions(); err != nil || len(got) != 0 {
		t.Errorf("got %+v, %v, want nothing", got, err)
	}
	if b.find(old.Context()) != nil {
		t.Error("an attempt that is over is found")
	}
	lock.Unlock()
	if b.find(n.Context()) != nil {
		t.Error("a run that is over is found")
	}
	again := b.lock()
	b.enclosed(again)
	if b.find(n.Context()) != nil {
		t.Error("a run that is over is found in the next one")
	}
}

func TestContributionsThatLack(t *testing.T) {
	for name, spoil := range map[string]func(*Nest, *Enclosure){
		"begun, not ended": func(_ *Nest, e *Enclosure) { e.Begin() },
		"incomplete":       func(_ *Nest, e *Enclosure) { markIncomplete(e.file) },
		"removed":          func(n *Nest, _ *Enclosure) { _ = os.Remove(n.path) },
		"cut": func(n *Nest, e *Enclosure) {
			e.Begin()
			_ = e.End(Contribution{Tags: []string{"tag"}})
			info, _ := n.file.Stat()
			_ = n.file.Truncate(info.Size() - 1)
		},
		"garbled": func(n *Nest, e *Enclosure) {
			_ = e.End(Contribution{Tags: []string{strings.Repeat("tag", 100)}})
			info, _ := n.file.Stat()
			_, _ = n.file.WriteAt([]byte("x"), info.Size()-9)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, e := newBench(t).enclosed(nil)
			spoil(n, e)
			if got, err := n.Contributions(); err == nil {
				t.Errorf("got %+v, want an error", got)
			}
		})
	}
}

func TestSpoiltNestIsAlive(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its header is gone there")
	}
	b := newBench(t)
	n, e := b.enclosed(nil)
	markIncomplete(e.file)
	if b.find(n.Context()) == nil {
		t.Error("a command whose result can't be stored is none")
	}
}

func TestNoEnclosure(t *testing.T) {
	b := newBench(t)
	n, _ := b.enclosed(nil)
	dead := n.path + "-dead"
	wrong := fmt.Sprintf("%s#%016x", n.path, n.id+1)
	text, err := os.ReadFile(n.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dead, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, context := range []string{
		"", "relative", "/nonexistent", b.dir, dead, n.path, n.path + "#", wrong, fmt.Sprintf("%s#%016x", dead, n.id), unrecorded, unrecorded + "-1", unrecorded + "0", unrecorded + "x",
	} {
		if e := b.find(context); e != nil {
			t.Errorf("context %q: %+v, want none", context, e)
		}
	}
	if b.find(Unrecorded()) == nil {
		t.Error("a command that this process runs without recording it is none")
	}
}

func TestNestWithoutTheStore(t *testing.T) {
	b := newBench(t)
	t.Setenv("TMPDIR", t.TempDir())
	if err := os.RemoveAll(b.store.Path(ownDir)); err != nil {
		t.Fatal(err)
	}
	n, e := b.enclosed(nil)
	if filepath.Dir(n.path) != os.TempDir() || e == nil {
		t.Errorf("nest at %q, enclosure %v; want one among the temporary files", n.path, e)
	}
	n.Close()
	if _, err := os.Stat(n.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the nest is left: %v", err)
	}
}

func FuzzNestRecord(f *testing.F) {
	file, err := os.Create(filepath.Join(f.TempDir(), "nest"))
	if err != nil {
		f.Fatal(err)
	}
	if err := appendRecord(file, Contribution{ID: 3, Tags: []string{"a"}}); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(file.Name())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)-1])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		for {
			var c Contribution
			if err := readRecord(r, &c); err != nil {
				if err == io.EOF && r.Len() > 0 {
					t.Error("the end was found before it")
				}
				return
			}
			_ = Gather([]Contribution{c})
		}
	})
}
