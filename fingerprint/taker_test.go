package fingerprint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeebo/blake3"
)

func TestCheckFile(t *testing.T) {
	k := newTaker(t)
	path := filepath.Join(k.Dir, "f")
	write(t, k.Dir, "f", "one")
	fp := taken(t, k, pathDep("f"))
	if want := Digest(blake3.Sum256([]byte("one"))); fp.Entries[0].Digest != want {
		t.Errorf("digest %v, want that of the content %v", fp.Entries[0].Digest, want)
	}
	if updated := wantMatch(t, k, fp, true, "untouched"); updated != nil {
		t.Error("an untouched file has something to update")
	}
	write(t, k.Dir, "f", "two")
	wantMatch(t, k, fp, false, "other content of the same size")
	write(t, k.Dir, "f", "one")
	updated := wantMatch(t, k, fp, true, "back again")
	if updated == nil || updated.Digest != fp.Digest || updated.Entries[0].Stat == fp.Entries[0].Stat {
		t.Fatalf("updated %+v, want the new stat", updated)
	}
	if again := wantMatch(t, k, updated, true, "updated"); again != nil {
		t.Error("the updated fingerprint has something to update")
	}
	must(t, os.Chmod(path, 0o755))
	wantMatch(t, k, fp, false, "executable")
	must(t, os.Chmod(path, 0o600))
	wantMatch(t, k, fp, true, "other permissions")
	must(t, os.Remove(path))
	wantMatch(t, k, fp, false, "removed")
	must(t, os.Mkdir(path, 0o755))
	wantMatch(t, k, fp, false, "a directory")
}

func TestCheckReadsNothing(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "d/f", "one", "d/link", "-> f")
	fp := taken(t, k, pathDep("d"))
	for i := range fp.Entries {
		fp.Entries[i].Digest[0] ^= 1
	}
	fp.Digest[0] ^= 1 // a reader will find another digest
	wantMatch(t, k, fp, true, "trusted stats")
}

func TestAbsent(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "file", "x")
	for _, dep := range []Dependency{pathDep("gone"), pathDep("gone/x"), pathDep("file/x"), globDep("gone/*"), globDep("file/x/*")} {
		fp := taken(t, k, dep)
		if len(fp.Entries) != 1 || fp.Entries[0].Type != TypeAbsent {
			t.Errorf("%q: entries %+v, want one that is absent", dep.Pattern, fp.Entries)
		}
		wantMatch(t, k, fp, true, "still absent")
	}
	path, below, glob := taken(t, k, pathDep("gone")), taken(t, k, pathDep("gone/x")), taken(t, k, globDep("gone/*"))
	write(t, k.Dir, "gone/y", "")
	wantMatch(t, k, path, false, "appeared")
	wantMatch(t, k, below, true, "only the directory above appeared")
	wantMatch(t, k, glob, false, "the base appeared")
	back := taken(t, k, globDep("gone/*"))
	must(t, os.RemoveAll(filepath.Join(k.Dir, "gone")))
	wantMatch(t, k, back, false, "the base is gone")
}

func TestErrNeverMatches(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "loop", "-> loop", "tree/loop", "-> loop")
	for _, dep := range []Dependency{
		pathDep("loop"), pathDep("tree"), pathDep("loop/x"), pathDep(strings.Repeat("n", 300)),
		globDep("loop/*"), globDep("tree/*"), globDep("["), pathDep(""), {Kind: 99, Pattern: "x"}, {Kind: KindVersion, Pattern: "x"},
	} {
		fp := k.Take(dep)
		if fp.Err == "" || !fp.Digest.IsZero() {
			t.Errorf("Take(%+v) = %+v, want an error", dep, fp)
		}
		if match, _ := k.Check(&fp); match {
			t.Errorf("%q: an error matches", dep.Pattern)
		}
		if match, changes := k.Explain(&fp); match || len(changes) != 1 {
			t.Errorf("%q: Explain = %v %v", dep.Pattern, match, changes)
		}
	}
	if !k.World.Consulted().Unstable {
		t.Error("errors left the account stable")
	}
	write(t, k.Dir, "f", "x")
	fp := taken(t, k, pathDep("f"))
	write(t, k.Dir, "f", "-> f")
	wantMatch(t, k, fp, false, "became a loop")
}

func TestRacyClean(t *testing.T) {
	k := newTaker(t)
	path := filepath.Join(k.Dir, "f")
	write(t, k.Dir, "f", "one")
	young := takerAt(k.Dir, 0)
	fp := taken(t, young, pathDep("f"))
	if !fp.Entries[0].Racy {
		t.Fatal("a file that was just written is trusted")
	}
	// An edit in the same tick leaves the same stat. Pretend that it did.
	write(t, k.Dir, "f", "two")
	st, err := statPath(path, false)
	must(t, err)
	fp.Entries[0].Stat = st
	wantMatch(t, k, fp, false, "edited within the granularity")
	write(t, k.Dir, "f", "one")
	updated := wantMatch(t, k, fp, true, "not edited")
	if updated == nil || updated.Entries[0].Racy {
		t.Errorf("updated %+v, want a stat that is trusted now", updated)
	}
	// Still young: matching is no news.
	must(t, os.Chtimes(path, time.Now(), time.Now()))
	if match, updated := takerAt(k.Dir, 0).Check(fp); !match || updated != nil {
		t.Errorf("still young: %v %+v, want a match without news", match, updated)
	}
	// The clock was set back: everything is from the future.
	back := takerAt(k.Dir, -time.Hour)
	if fp := taken(t, back, pathDep("f")); !fp.Entries[0].Racy {
		t.Error("a file from the future is trusted")
	}
}

// TestSameTickEdits edits a file as fast as it can.
func TestSameTickEdits(t *testing.T) {
	k := newTaker(t)
	for i := range 200 {
		write(t, k.Dir, "f", fmt.Sprintf("%03d", i))
		fp := taken(t, takerAt(k.Dir, 0), pathDep("f"))
		write(t, k.Dir, "f", fmt.Sprintf("%03d", i+1))
		if match, _ := takerAt(k.Dir, 0).Check(fp); match {
			t.Fatalf("edit %d was not seen", i)
		}
	}
}

func TestVersion(t *testing.T) {
	k := newTaker(t)
	out, fail := "1.0\n", error(nil)
	k.Version = func(cmd, dir string) ([]byte, error) { return []byte(out), fail }
	fp := taken(t, k, Dependency{Kind: KindVersion, Pattern: "tool --version"})
	if match, _ := k.Check(fp); !match {
		t.Error("the same output doesn't match")
	}
	out = "1.1\n"
	if match, changes := k.Explain(fp); match || len(changes) != 1 {
		t.Errorf("another output: %v %v", match, changes)
	}
	out, fail = "1.0\n", errors.New("exit status 1")
	if match, _ := k.Check(fp); match {
		t.Error("a failing version command matches")
	}
	if failed := k.Take(fp.Dep); failed.Err != "exit status 1" {
		t.Errorf("Err %q", failed.Err)
	}
}

func TestGrowingFile(t *testing.T) {
	k := newTaker(t)
	path := filepath.Join(k.Dir, "log")
	write(t, k.Dir, "log", strings.Repeat("x", 1<<20))
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer f.Close()
		for {
			select {
			case <-stop:
				return
			default:
				f.WriteString("line\n")
			}
		}
	})
	for range 20 {
		fp := k.again().Take(pathDep("log"))
		if fp.Err == "" {
			if st := fp.Entries[0].Stat; st.Size == 0 {
				t.Error("no error and no stat")
			}
		}
	}
	close(stop)
	writer.Wait()
	taken(t, k, pathDep("log"))
}

func TestManyFilesInParallel(t *testing.T) {
	k := newTaker(t)
	for i := range 300 {
		write(t, k.Dir, fmt.Sprintf("d/%d/f", i), fmt.Sprint(i))
	}
	fp := taken(t, k, pathDep("d"))
	for _, e := range fp.Entries {
		if e.Type == TypeFile && e.Digest.IsZero() {
			t.Errorf("%s has no digest", e.Path)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if match, _ := k.Check(fp); !match {
				t.Error("no match")
			}
		})
	}
	wg.Wait()
	write(t, k.Dir, "d/77/f", "7x")
	_, changes := k.again().Explain(fp)
	if len(changes) != 1 || changes[0] != (Change{"d/77/f", "content differs"}) {
		t.Errorf("changes %v", changes)
	}
}

func BenchmarkCheckTree(b *testing.B) {
	k := newTaker(b)
	for i := range 1000 {
		write(b, k.Dir, fmt.Sprintf("d/%03d", i), "x")
	}
	fp := taken(b, k, pathDep("d"))
	for b.Loop() {
		if match, _ := k.again().Check(fp); !match {
			b.Fatal("no match")
		}
	}
}

func BenchmarkCheckFiles(b *testing.B) {
	k := newTaker(b)
	var fps []*Fingerprint
	for i := range 1000 {
		name := fmt.Sprintf("%03d", i)
		write(b, k.Dir, name, "x")
		fps = append(fps, taken(b, k, pathDep(name)))
	}
	for b.Loop() {
		k := k.again()
		for _, fp := range fps {
			if match, _ := k.Check(fp); !match {
				b.Fatal("no match")
			}
		}
	}
}

// BenchmarkLstats is what BenchmarkCheckFiles is measured against.
func BenchmarkLstats(b *testing.B) {
	k := newTaker(b)
	var paths []string
	for i := range 1000 {
		write(b, k.Dir, fmt.Sprintf("%03d", i), "x")
		paths = append(paths, filepath.Join(k.Dir, fmt.Sprintf("%03d", i)))
	}
	for b.Loop() {
		for _, path := range paths {
			if _, err := os.Lstat(path); err != nil {
				b.Fatal(err)
			}
		}
	}
}
