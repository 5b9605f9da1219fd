package store

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// putTagged stores a result that was made under the present log.
func putTagged(t testing.TB, s *Store, n byte, tag string) Ref {
	t.Helper()
	m, err := s.Mark()
	if err != nil {
		t.Fatal(err)
	}
	r := testResult(int64(n) + 1)
	r.Tags, r.Mark = []string{tag}, m
	return put(t, s, testKey(n), r, "output")
}

func exists(s *Store, ref Ref) bool {
	_, err := os.Lstat(s.ResultPath(ref))
	return err == nil
}

func TestEnd(t *testing.T) {
	s := openTest(t)
	a, b, c := putTagged(t, s, 1, "a"), putTagged(t, s, 2, "b"), putTagged(t, s, 3, "a")
	sel := Selector{Tags: []string{"a"}}
	if n, err := s.End(EndOptions{Selector: sel, DryRun: true}); n != 2 || err != nil {
		t.Errorf("dry run: %d, %v, want 2", n, err)
	}
	must(t, s.Invalidate(sel))
	young := putTagged(t, s, 4, "a")
	var on []string
	n, err := s.End(EndOptions{Selector: sel, Reason: Invalidated, On: func(ref Ref, r *Reading) {
		if !exists(s, ref) {
			t.Error("a result is gone when On is called")
		}
		on = append(on, r.Result.Tags...)
	}})
	if n != 2 || err != nil || len(on) != 2 {
		t.Errorf("End = %d, %v, On called for %q, want 2", n, err, on)
	}
	for ref, want := range map[Ref]bool{a: false, b: true, c: false, young: true} {
		if got := exists(s, ref); got != want {
			t.Errorf("result of key %.4s exists: %v, want %v", ref.Key, got, want)
		}
	}
	if st, err := s.Stats(s.now().Add(-1e9)); err != nil || st.Invalidated != 2 {
		t.Errorf("Stats: %d invalidated, %v, want 2", st.Invalidated, err)
	}
	if n, err := s.End(EndOptions{Match: func(r *Result) bool { return r.Key == b.Key }, Reason: Expired}); n != 1 || err != nil {
		t.Errorf("End by match = %d, %v, want 1", n, err)
	}
}

func TestEndByName(t *testing.T) {
	s := openTest(t)
	a, b := putTagged(t, s, 1, ""), putTagged(t, s, 2, "")
	// A result that need not be opened is not: this one could not be.
	must(t, os.Truncate(s.ResultPath(b), 3))
	sel := Selector{Keys: []string{a.Key.String()[:8]}}
	must(t, s.Invalidate(sel))
	if n, err := s.End(EndOptions{Selector: sel}); n != 1 || err != nil || exists(s, a) || !exists(s, b) {
		t.Errorf("End = %d, %v", n, err)
	}
}

func TestHoldLog(t *testing.T) {
	s := openTest(t)
	m, err := s.Mark()
	must(t, err)
	release, err := s.HoldLog(m)
	must(t, err)
	if err := s.Invalidate(Selector{All: true}); err != nil {
		t.Errorf("an invalidation waits for a run that is being stored: %v", err)
	}
	release()
	unguard, err := s.lockMutex(logGuard, exclusive, 0)
	must(t, err)
	if _, err := s.HoldLog(m); !errors.Is(err, ErrLogReplaced) {
		t.Errorf("while it is compacted: %v, want ErrLogReplaced", err)
	}
	unguard()
	must(t, os.Remove(s.Path(logName)))
	_, err = s.Mark()
	must(t, err)
	if _, err := s.HoldLog(m); !errors.Is(err, ErrLogReplaced) || s.sameLog(m) {
		t.Error("another log counts as the same")
	}
}

func TestCompactLog(t *testing.T) {
	s := openTest(t)
	ended, kept := putTagged(t, s, 1, "a"), putTagged(t, s, 2, "b")
	if err := s.CompactLog(); err != nil || !exists(s, ended) {
		t.Fatalf("a small log is compacted: %v", err)
	}
	must(t, s.Invalidate(Selector{Tags: []string{"a"}}))
	after := putTagged(t, s, 3, "a")
	must(t, s.Invalidate(Selector{Tags: []string{strings.Repeat("x", compactAt)}}))
	old, err := s.Mark()
	must(t, err)
	must(t, s.CompactLog())
	for ref, want := range map[Ref]bool{ended: false, kept: true, after: true} {
		if got := exists(s, ref); got != want {
			t.Errorf("result %d exists: %v, want %v", ref.Created, got, want)
		}
	}
	if now, err := s.Mark(); err != nil || now.Log == old.Log || now.Length != logHeaderSize {
		t.Errorf("after compaction: %+v, %v", now, err)
	}
	if s.sameLog(old) {
		t.Error("a run of the old log may be stored")
	}
	// What survived is valid, and ends by what comes later.
	if v := s.Since(old); v.Unknown != "" || len(v.Selectors) > 0 {
		t.Errorf("Since(old) = %+v", v)
	}
	must(t, s.Invalidate(Selector{Tags: []string{"b"}}))
	if _, over := s.Since(old).Ended(&Result{Tags: []string{"b"}}); !over {
		t.Error("a survivor is not ended by a later invalidation")
	}
}

// TestCompactLogCarriesOver appends to the log while it is being compacted.
func TestCompactLogCarriesOver(t *testing.T) {
	s := openTest(t)
	must(t, s.Invalidate(Selector{Tags: []string{strings.Repeat("x", compactAt)}}))
	ref := putTagged(t, s, 1, "late")
	f, h, size, err := s.openLog(os.O_RDONLY)
	must(t, err)
	f.Close()
	must(t, s.Invalidate(Selector{Tags: []string{"late"}}))
	must(t, s.succeedLog(h, size))
	r, err := s.Open(ref)
	must(t, err)
	defer r.Close()
	if why, ended := s.Since(r.Result.Mark).Ended(r.Result); !ended || why.Text != "invalidated" {
		t.Errorf("Ended = %q, %v", why.Text, ended)
	}
}

// TestAppendersOfManyProcesses invalidates from real processes at once.
func TestAppendersOfManyProcesses(t *testing.T) {
	const processes, each = 8, 25
	if dir := os.Getenv("STORE_TEST_APPEND"); dir != "" {
		s, err := Open(dir, Options{})
		must(t, err)
		for i := range each {
			must(t, s.Invalidate(Selector{Tags: []string{fmt.Sprint(os.Getpid(), " ", i)}}))
			s.Record(Event{Kind: Hit, Elapsed: 1}, Event{Kind: Miss, Elapsed: 1})
			if i%10 == 0 {
				must(t, s.update(foldWait, nil))
			}
		}
		return
	}
	s := openTest(t)
	m, err := s.Mark()
	must(t, err)
	var wg sync.WaitGroup
	for range processes {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
			cmd.Env = append(os.Environ(), "STORE_TEST_APPEND="+s.Root())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	if v := s.Since(m); v.Unknown != "" || len(v.Selectors) != processes*each {
		t.Errorf("%d selectors, %q, want %d", len(v.Selectors), v.Unknown, processes*each)
	}
	st, err := s.Stats(s.now().Add(-1e12))
	if err != nil || st.Hits != processes*each || st.Misses != processes*each {
		t.Errorf("%d hits, %d misses, %v, want %d", st.Hits, st.Misses, err, processes*each)
	}
	if left, _ := filepath.Glob(s.Path(".tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
