package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInvalidateFullDisk fills the disk: an invalidation that does not fit is
// an error and leaves the log as it was, an eviction still makes room, and
// what was counted before is not lost.
func TestInvalidateFullDisk(t *testing.T) {
	s, err := Open(filepath.Join(smallDisk(t, "size=256k,mode=0700"), "cache"), Options{})
	must(t, err)
	must(t, s.Invalidate(Selector{Tags: []string{"a"}}))
	refs := fill(t, s, 5, 10)
	must(t, s.update(0, nil))
	filler, err := os.Create(filepath.Join(s.Root(), "filler"))
	must(t, err)
	defer filler.Close()
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	before, err := s.Mark()
	must(t, err)
	if err := s.Invalidate(Selector{Tags: []string{strings.Repeat("x", 20_000)}}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Invalidate: got %v, want ENOSPC", err)
	}
	if after, err := s.Mark(); err != nil || after != before {
		t.Errorf("the log changed from %+v to %+v, %v", before, after, err)
	}
	s.Record(make([]Event, 1000)...) // lost in part
	if _, err := s.Stats(time.Time{}); err != nil {
		t.Error(err)
	}
	ev, _ := s.Evict(Bounds{MaxResults: 1, Policy: "lru"}, EvictOptions{})
	if ev.Removed != 4 || exists(s, refs[0]) || !exists(s, refs[4]) {
		t.Errorf("Evict on a full disk: %+v", ev)
	}
	must(t, os.Remove(filler.Name()))
	must(t, s.Invalidate(Selector{Tags: []string{"b"}}))
	must(t, s.Recount())
	if st := stats(t, s, time.Time{}); st.Results != 1 || st.Stored < 5 {
		t.Errorf("after room was made: %+v", st)
	}
}
