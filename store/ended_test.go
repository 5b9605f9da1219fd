package store

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestWatched(t *testing.T) {
	plain := openTest(t)
	type ended struct {
		ref    Ref
		reason Reason
	}
	var got []ended
	s := plain.Watched(func(ref Ref, reason Reason) {
		if !exists(plain, ref) {
			t.Errorf("told of %v after it was removed", ref.Key)
		}
		got = append(got, ended{ref, reason})
	})
	now := time.Now().UnixNano()
	replaced := put(t, s, testKey(1), testResult(now-2), "old")
	kept := put(t, s, testKey(1), testResult(now-1), "new")
	must(t, s.Prune(kept, func(*Result) bool { return true }, nil))
	_, err := s.Evict(Bounds{MaxResults: 1}, EvictOptions{DryRun: true})
	must(t, err)
	tagged := putTagged(t, s, 2, "x")
	end := EndOptions{Selector: Selector{Tags: []string{"x"}}, Reason: Invalidated, DryRun: true}
	_, err = s.End(end)
	must(t, err)
	if end.DryRun = false; len(got) != 1 {
		t.Errorf("dry runs end results: %v", got)
	}
	must(t, s.Invalidate(end.Selector))
	_, err = s.End(end)
	must(t, err)
	second := put(t, s, testKey(3), testResult(now), "second")
	_, err = s.Evict(Bounds{MaxResults: 1, Policy: "fifo"}, EvictOptions{})
	must(t, err)
	want := []ended{{replaced, Replaced}, {tagged, Invalidated}, {kept, Evicted}, {second, Evicted}}
	if len(got) < 3 || !slices.Equal(got, want[:len(got)]) {
		t.Errorf("told of %v, want %v", got, want)
	}
	must(t, s.Remove(second)) // not an end that is told
	if len(got) > len(want) {
		t.Errorf("told of %v, want %v", got, want)
	}
}

func TestSetAside(t *testing.T) {
	s := openTest(t)
	ref := put(t, s, testKey(1), testResult(time.Now().UnixNano()), "output")
	var won atomic.Int32
	var path string
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			p, err := s.SetAside(ref)
			switch {
			case err == nil:
				won.Add(1)
				path = p
			case !errors.Is(err, fs.ErrNotExist):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || exists(s, ref) {
		t.Fatalf("%d of 8 set it aside, want 1", won.Load())
	}
	r, err := s.OpenFile(path)
	must(t, err)
	defer r.Close()
	must(t, r.Verify())
	if r.Result.StdoutSize != int64(len("output")) {
		t.Errorf("stdout has %d bytes", r.Result.StdoutSize)
	}
}

func TestSetAsideWithoutStore(t *testing.T) {
	s := openTest(t)
	if _, err := s.SetAside(Ref{Key: testKey(1), Created: 1, ID: 1}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a result that is not there: %v", err)
	}
	must(t, os.RemoveAll(s.Root()))
	if _, err := s.SetAside(Ref{Key: testKey(1), Created: 1, ID: 1}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a store that is not there: %v", err)
	}
}

func TestSweepEnded(t *testing.T) {
	s := openTest(t)
	path, err := s.SetAside(put(t, s, testKey(1), testResult(time.Now().UnixNano()), "output"))
	must(t, err)
	tmp, err := s.CreateTemp()
	must(t, err)
	defer tmp.Close()
	_, err = s.sweep(time.Now().Add(time.Hour))
	must(t, err)
	for _, file := range []string{path, tmp.Name()} {
		if _, err := os.Lstat(file); err != nil && renameOpen {
			t.Errorf("swept too early: %v", err)
		}
	}
	_, err = s.sweep(time.Now().Add(25 * time.Hour))
	must(t, err)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there after a day: %v", err)
	}
}

func TestRemoveAside(t *testing.T) {
	s := openTest(t)
	ref := put(t, s, testKey(1), testResult(1), "out")
	kept := s.ResultPath(put(t, s, testKey(2), testResult(2), "out"))
	aside, err := s.SetAside(ref)
	must(t, err)
	s.RemoveAside(aside)
	s.RemoveAside(kept)
	if _, err := os.Lstat(aside); err == nil {
		t.Error("a result that was set aside is still there")
	}
	if _, err := os.Lstat(kept); err != nil {
		t.Errorf("a result that was not set aside is gone: %v", err)
	}
}
