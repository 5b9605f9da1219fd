package store

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"
)

// putScoped stores a result in a scope and enrolls it.
func putScoped(t testing.TB, s *Store, scope string, n int) Ref {
	t.Helper()
	res := testResult(int64(n+1) * int64(time.Second))
	res.Scope = scope
	ref := put(t, s, testKey(byte(n)), res, "0123456789")
	s.Enroll(scope, ref)
	s.Record(Event{Kind: Stored, Key: ref.Key, ID: ref.ID, Size: 200, Elapsed: time.Second})
	return ref
}

func TestEvictScope(t *testing.T) {
	s := openTest(t)
	b := Bounds{MaxResults: 10, Policy: "lru"}
	var others, mine []Ref
	for i := range 10 {
		others = append(others, putScoped(t, s, "other", 100+i))
	}
	for i := range 30 {
		mine = append(mine, putScoped(t, s, "mine", i))
		if s.ScopeOverBounds("mine", b, 200) {
			_, err := s.EvictScope("mine", b, false, EvictOptions{})
			must(t, err)
		}
		if n, _ := total(s.present(s.readRoll("mine").list)); n > 10 {
			t.Fatalf("%d results after the eviction", n)
		}
	}
	for i, ref := range mine {
		if want := i >= 30-10; want && !exists(s, ref) {
			t.Errorf("result %d is gone", i)
		}
	}
	for _, ref := range others {
		if !exists(s, ref) {
			t.Error("a result of another scope is gone")
		}
	}
	if exists(s, mine[0]) {
		t.Error("the oldest is still there")
	}
	st := stats(t, s, time.Time{})
	if st.Evictions == 0 || st.Results != st.Stored-st.Evictions {
		t.Errorf("%d results, %d evictions, %d stored", st.Results, st.Evictions, st.Stored)
	}
}

// TestScopeRollRecovers: whatever happens to the roll, an eviction finds the
// results.
func TestScopeRollRecovers(t *testing.T) {
	b := Bounds{MaxResults: 5}
	for name, harm := range map[string]func(*Store, string) error{
		"removed":   func(_ *Store, path string) error { return os.Remove(path) },
		"truncated": func(_ *Store, path string) error { return os.Truncate(path, 3*eventSize+7) },
		"garbled":   func(_ *Store, path string) error { return os.WriteFile(path, make([]byte, 1000), 0o600) },
		"left by a killed eviction": func(_ *Store, path string) error {
			return os.Rename(path, path+rollPart)
		},
		"renamed and begun anew": func(s *Store, path string) error {
			err := os.Rename(path, path+rollPart)
			putScoped(t, s, "s", 50)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			for i := range 8 {
				putScoped(t, s, "s", i)
			}
			must(t, harm(s, s.rollPath("s")))
			if !s.ScopeOverBounds("s", b, 0) {
				t.Error("not over the bounds")
			}
			ev, err := s.EvictScope("s", b, false, EvictOptions{})
			if err != nil || ev.Results < 8 || ev.Results-ev.Removed > 5 {
				t.Errorf("%+v, %v", ev, err)
			}
			if s.ScopeOverBounds("s", b, 0) {
				t.Error("over the bounds after the eviction")
			}
			if _, err := os.Lstat(s.rollPath("s") + rollPart); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the old part of the roll: %v", err)
			}
		})
	}
}

// TestScopeRollShrinks: results that were replaced or removed do not pile up.
func TestScopeRollShrinks(t *testing.T) {
	s := openTest(t)
	b := Bounds{MaxResults: 10}
	for i := range 300 {
		ref := putScoped(t, s, "s", i%3)
		must(t, s.Remove(ref))
		if s.ScopeOverBounds("s", b, 200) {
			_, err := s.EvictScope("s", b, false, EvictOptions{})
			must(t, err)
		}
	}
	// Nothing was over the bounds, so nothing has looked but the first time.
	_, err := s.EvictScope("s", b, false, EvictOptions{})
	must(t, err)
	if info, err := os.Stat(s.rollPath("s")); err != nil || info.Size() != eventSize {
		t.Errorf("roll: %v, %v", info.Size(), err)
	}
}

func TestScopeRecountAndDryRun(t *testing.T) {
	s, now := openAt(t, time.Unix(1_000_000, 0))
	for i := range 4 {
		putScoped(t, s, "s", i)
	}
	b := Bounds{MaxResults: 100}
	_, err := s.EvictScope("s", b, false, EvictOptions{})
	must(t, err)
	res := testResult(1)
	res.Scope = "s"
	put(t, s, testKey(77), res, "not enrolled")
	for _, c := range []struct {
		recount bool
		want    int64
	}{{false, 4}, {true, 5}} {
		ev, err := s.EvictScope("s", b, c.recount, EvictOptions{DryRun: true})
		if err != nil || ev.Results != c.want {
			t.Errorf("recount %v: %+v, %v", c.recount, ev, err)
		}
	}
	*now = now.Add(recountAfter + time.Hour)
	if !s.ScopeOverBounds("s", b, 0) {
		t.Error("an old roll is believed")
	}
	if ev, err := s.EvictScope("s", b, false, EvictOptions{}); err != nil || ev.Results != 5 {
		t.Errorf("an old roll: %+v, %v", ev, err)
	}
}
