package memo

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// enclosed opens a nest and the view that a call below has of it.
func (b *bench) enclosed() (*nest, *Enclosure) {
	b.Helper()
	n, err := openNest(b.store, nestHeader{Started: 17, Keyed: []string{"A"}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(n.close)
	return n, b.find(n.path)
}

// find returns the enclosure of a process with a context.
func (b *bench) find(context string) *Enclosure {
	e := FindEnclosure(fingerprint.NewWorld([]string{ContextVar + "=" + context}, b.dir))
	b.Cleanup(e.Close)
	return e
}

func TestContributionsArrive(t *testing.T) {
	b := newBench(t)
	n, e := b.enclosed()
	if e == nil || e.header.Started != 17 {
		t.Fatalf("enclosure: %+v", e)
	}
	want := contribution{ID: e.id, Tags: []string{"t", "\xff"}, Until: 5, Carried: 6, NoStore: "why"}
	e.begin()
	if err := e.end(want); err != nil {
		t.Fatal(err)
	}
	got, err := n.contributions()
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestContributionsThatLack(t *testing.T) {
	for name, spoil := range map[string]func(*nest, *Enclosure){
		"begun, not ended": func(_ *nest, e *Enclosure) { e.begin() },
		"spoilt":           func(_ *nest, e *Enclosure) { spoilNest(e.file) },
		"removed":          func(n *nest, _ *Enclosure) { _ = os.Remove(n.path) },
		"cut": func(n *nest, e *Enclosure) {
			e.begin()
			_ = e.end(contribution{Tags: []string{"tag"}})
			info, _ := n.file.Stat()
			_ = n.file.Truncate(info.Size() - 1)
		},
		"garbled": func(n *nest, e *Enclosure) {
			_ = e.end(contribution{Tags: []string{strings.Repeat("tag", 100)}})
			info, _ := n.file.Stat()
			_, _ = n.file.WriteAt([]byte("x"), info.Size()-9)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, e := newBench(t).enclosed()
			spoil(n, e)
			if got, err := n.contributions(); err == nil {
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
	n, e := b.enclosed()
	spoilNest(e.file)
	if b.find(n.path) == nil {
		t.Error("a command whose result can't be stored is none")
	}
}

func TestNoEnclosure(t *testing.T) {
	b := newBench(t)
	n, _ := b.enclosed()
	dead := n.path + "-dead"
	text, err := os.ReadFile(n.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dead, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, context := range []string{
		"", "relative", "/nonexistent", b.dir, dead, unrecorded, unrecorded + "-1", unrecorded + "0", unrecorded + "x",
	} {
		if e := b.find(context); e != nil {
			t.Errorf("context %q: %+v, want none", context, e)
		}
	}
	if b.find(unrecordedContext()) == nil {
		t.Error("a command that this process runs without recording it is none")
	}
}

func TestNestWithoutTheStore(t *testing.T) {
	b := newBench(t)
	t.Setenv("TMPDIR", t.TempDir())
	if err := os.RemoveAll(b.store.Path(nestDir)); err != nil {
		t.Fatal(err)
	}
	n, e := b.enclosed()
	if filepath.Dir(n.path) != os.TempDir() || e == nil {
		t.Errorf("nest at %q, enclosure %v; want one among the temporary files", n.path, e)
	}
	n.close()
	if _, err := os.Stat(n.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the nest is left: %v", err)
	}
}

func FuzzNestRecord(f *testing.F) {
	file, err := os.Create(filepath.Join(f.TempDir(), "nest"))
	if err != nil {
		f.Fatal(err)
	}
	if err := appendRecord(file, contribution{ID: 3, Tags: []string{"a"}}); err != nil {
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
			var c contribution
			if err := readRecord(r, &c); err != nil {
				if err == io.EOF && r.Len() > 0 {
					t.Error("the end was found before it")
				}
				return
			}
			_ = gather([]contribution{c})
		}
	})
}
