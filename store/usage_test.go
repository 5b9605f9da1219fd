package store

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// openAt opens a store in a new directory whose clock the test sets.
func openAt(t testing.TB, now time.Time) (*Store, *time.Time) {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "memo"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return s, &now
}

func stats(t testing.TB, s *Store, since time.Time) Stats {
	t.Helper()
	st, err := s.Stats(since)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestStatsBeforeAnything(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "nothing"), Options{Existing: true})
	must(t, err)
	if st := stats(t, s, time.Time{}); !reflect.DeepEqual(st, Stats{}) {
		t.Errorf("Stats = %+v", st)
	}
	if _, err := os.Stat(s.Root()); err == nil {
		t.Error("asking for figures created the store")
	}
}

func TestStats(t *testing.T) {
	s, _ := openAt(t, time.Unix(1_000_000, 0))
	must(t, s.update(0, nil)) // the first one counts files, which are not those of this test
	ref := put(t, s, testKey(1), testResult(5), "hello")
	s.Record(
		Event{Kind: Miss, Key: ref.Key, Elapsed: 3 * time.Second, Why: 1},
		Event{Kind: Stored, Key: ref.Key, ID: ref.ID, Size: 100, Elapsed: 3 * time.Second},
		Event{Kind: Hit, Key: ref.Key, ID: ref.ID, Elapsed: 3 * time.Second},
		Event{Kind: StaleHit, Key: ref.Key, ID: ref.ID, Elapsed: 3 * time.Second, Why: 3},
		Event{Kind: Refresh, Key: ref.Key, Elapsed: 2 * time.Second},
		Event{Kind: RefreshFailed, Key: ref.Key, Why: 3, NotStored: 64},
		Event{Kind: Failed}, Event{Kind: Bypass},
		Event{Kind: Stored, Key: testKey(2), ID: 77, Size: 50},
		Event{Kind: Removed, Reason: Evicted, Key: testKey(2), ID: 77, Size: 50},
	)
	want := Counts{
		Hits: 1, StaleHits: 1, Misses: 1, Refreshes: 1, RefreshesFailed: 1, Errors: 1, Bypasses: 1, Stored: 2,
		Evictions: 1, Saved: 6 * time.Second, Cost: 5 * time.Second,
		MissReasons: ReasonCounts{1: 1}, StaleReasons: ReasonCounts{3: 1}, NotStored: ReasonCounts{64: 1},
	}
	check := func(when string, st Stats) {
		t.Helper()
		if !reflect.DeepEqual(st.Counts, want) || st.Size != 100 || st.Results != 1 {
			t.Errorf("%s: %+v", when, st)
		}
		if len(st.Buckets) != 1 || !reflect.DeepEqual(st.Buckets[0].Counts, want) {
			t.Errorf("%s: buckets %+v", when, st.Buckets)
		}
		c := st.Commands[0]
		if len(st.Commands) != 1 || c.Hits != 2 || c.Misses != 3 || c.Saved != 6*time.Second || len(c.Argv) == 0 {
			t.Errorf("%s: commands %+v", when, st.Commands)
		}
	}
	check("unfolded", stats(t, s, time.Time{}))
	check("unfolded, since", stats(t, s, time.Unix(999_000, 0)))
	must(t, s.update(0, nil))
	check("folded", stats(t, s, time.Time{}))
	check("folded, since", stats(t, s, time.Unix(999_000, 0)))
	if rate := want.HitRate(); math.Abs(rate-2.0/3) > 1e-9 {
		t.Errorf("HitRate = %v", rate)
	}
	u, err := s.Usage()
	must(t, err)
	if got := u.Of(ref); got.Hits != 2 || got.Saved != 6*time.Second || got.LastUsed != s.now().UnixNano() || got.Cost != 3*time.Second {
		t.Errorf("Of = %+v", got)
	}
	if st := stats(t, s, s.now().Add(2*time.Hour)); !reflect.DeepEqual(st.Counts, Counts{}) || len(st.Commands) > 0 || len(st.Buckets) > 0 || st.Size != 100 {
		t.Errorf("since later: %+v", st)
	}
	// The result's label outlives it.
	must(t, s.Remove(ref))
	check("result gone", stats(t, s, time.Time{}))
}

func TestResetStats(t *testing.T) {
	s, _ := openAt(t, time.Unix(1_000_000, 0))
	must(t, s.update(0, nil))
	s.Record(Event{Kind: Stored, ID: 1, Size: 10}, Event{Kind: Hit, ID: 1, Elapsed: 1})
	must(t, s.ResetStats())
	st := stats(t, s, time.Time{})
	if !reflect.DeepEqual(st.Counts, Counts{}) || len(st.Buckets)+len(st.Commands) > 0 || !st.Since.Equal(s.now()) {
		t.Errorf("Stats = %+v", st)
	}
	s.Record(Event{Kind: Stored, ID: 2, Size: 10})
	must(t, s.ResetStats())
	if st := stats(t, s, time.Time{}); st.Results != 2 || st.Size != 20 {
		t.Errorf("%d results, %d bytes, want what there was", st.Results, st.Size)
	}
}

// TestFoldLate writes to journals that were folded meanwhile, and lets time
// remove them: everything counts, and nothing twice.
func TestFoldLate(t *testing.T) {
	s, now := openAt(t, time.Unix(1_000_000, 0))
	var late []*os.File
	for i := range 5 {
		s.Record(Event{Kind: Hit})
		f, err := os.OpenFile(s.Path(journalName), os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		late = append(late, f)
		must(t, s.update(0, nil))
		for _, f := range late {
			_, err := f.Write(appendEvent(nil, &Event{Kind: Miss, Time: 1}))
			must(t, err)
		}
		if st := stats(t, s, time.Time{}); st.Hits != int64(i+1) || st.Misses != int64((i+1)*(i+2)/2) {
			t.Fatalf("after %d: %d hits, %d misses", i+1, st.Hits, st.Misses)
		}
	}
	for _, f := range late {
		f.Close()
	}
	*now = now.Add(2 * partGrace)
	for range 2 {
		must(t, s.update(0, nil))
		if st := stats(t, s, time.Time{}); st.Hits != 5 || st.Misses != 15 {
			t.Fatalf("at the end: %d hits, %d misses", st.Hits, st.Misses)
		}
		if left, _ := filepath.Glob(s.Path("journal*")); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}

// TestFoldKilled renames the journal as a fold does that is killed then:
// nothing is lost.
func TestFoldKilled(t *testing.T) {
	s, _ := openAt(t, time.Unix(1_000_000, 0))
	must(t, s.update(0, nil))
	s.Record(Event{Kind: Hit})
	must(t, os.Rename(s.Path(journalName), s.Path(journalPrefix+"0000000000000000-0000000000000000")))
	s.Record(Event{Kind: Hit})
	for range 2 {
		if st := stats(t, s, time.Time{}); st.Hits != 2 {
			t.Errorf("%d hits, want 2", st.Hits)
		}
		must(t, s.update(0, nil))
	}
}

func TestFoldIfLarge(t *testing.T) {
	s := openTest(t)
	s.Record(make([]Event, 10)...)
	if folded, err := s.FoldIfLarge(); folded || err != nil {
		t.Errorf("a small journal is folded: %v", err)
	}
	s.Record(make([]Event, foldAt/eventSize)...)
	unlock, err := s.lockMutex(totalsMutex, exclusive, 0)
	must(t, err)
	if folded, err := s.FoldIfLarge(); folded || err != nil {
		t.Errorf("folded while another process does: %v", err)
	}
	unlock()
	if folded, err := s.FoldIfLarge(); !folded || err != nil {
		t.Errorf("a large journal is not folded: %v", err)
	}
	if left, _ := filepath.Glob(s.Path("journal*")); len(left) != 1 || left[0] == s.Path(journalName) {
		t.Errorf("left is %q, want the folded part", left)
	}
}

// TestDamagedTotals checks that totals which can't be read start anew with an
// exact count and what is left of the journal, and that no altered byte is
// accepted.
func TestDamagedTotals(t *testing.T) {
	s := openTest(t)
	a, b := put(t, s, testKey(1), testResult(1), "a"), put(t, s, testKey(2), testResult(2), "bb")
	s.Record(Event{Kind: Hit, ID: a.ID}, Event{Kind: Stored, ID: 12345, Size: 1 << 40})
	must(t, s.update(0, nil))
	whole, err := os.ReadFile(s.Path(totalsName))
	must(t, err)
	if _, err := decodeTotals(whole); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		whole[i] ^= 1
		if _, err := decodeTotals(whole); err == nil {
			t.Fatalf("totals with byte %d altered are accepted", i)
		}
		whole[i] ^= 1
	}
	must(t, os.Truncate(s.Path(totalsName), 30))
	if _, _, ok := s.reckon(); ok {
		t.Error("figures of damaged totals are relied on")
	}
	s.Record(Event{Kind: Miss, Key: b.Key})
	must(t, s.update(0, nil))
	var size int64
	for _, ref := range []Ref{a, b} {
		info, err := os.Stat(s.ResultPath(ref))
		must(t, err)
		size += info.Size()
	}
	if st := stats(t, s, time.Time{}); st.Results != 2 || st.Size != size || st.Misses != 1 || st.Hits != 1 {
		t.Errorf("Stats = %+v, want 2 results of %d bytes", st, size)
	}
}

// TestFormerTotals reads totals of a version that did not count reasons.
func TestFormerTotals(t *testing.T) {
	b, err := os.ReadFile("testdata/totals-without-reasons")
	must(t, err)
	tot, err := decodeTotals(b)
	must(t, err)
	if c := tot.counts; c.Misses != 2 || c.Hits != 1 || len(c.MissReasons)+len(c.NotStored) > 0 || len(tot.commands) != 2 || len(tot.uses) != 1 {
		t.Errorf("counts %+v, %d commands, %d uses", c, len(tot.commands), len(tot.uses))
	}
	tot.add(&Event{Kind: Miss, Why: 1, NotStored: 65}, math.MaxInt64)
	if c := tot.counts; c.Misses != 3 || c.MissReasons[1] != 1 || c.NotStored[65] != 1 {
		t.Errorf("counts %+v", c)
	}
}

func TestRecount(t *testing.T) {
	s := openTest(t)
	ref := put(t, s, testKey(1), testResult(1), "a")
	s.Record(Event{Kind: Stored, ID: ref.ID, Size: 1}, Event{Kind: Hit, ID: ref.ID}, Event{Kind: Stored, ID: 9, Size: 9})
	must(t, s.Recount())
	info, err := os.Stat(s.ResultPath(ref))
	must(t, err)
	if st := stats(t, s, time.Time{}); st.Results != 1 || st.Size != info.Size() || st.Hits != 1 {
		t.Errorf("Stats = %+v", st)
	}
	if u, _ := s.Usage(); u.Of(ref).Hits != 1 {
		t.Error("the use of a result is lost")
	}
}

// TestClockJumps records and folds under clocks that are wrong for a while.
func TestClockJumps(t *testing.T) {
	s, now := openAt(t, time.Unix(1_700_000_000, 0))
	real := *now
	for i, clock := range []time.Time{
		real, time.Unix(0, 0), real.Add(100 * 365 * 24 * time.Hour), real.Add(-time.Hour), time.Unix(0, math.MinInt64), real,
	} {
		*now = clock
		s.Record(Event{Kind: Stored, ID: 1, Size: 10}, Event{Kind: Hit, ID: 1, Elapsed: math.MaxInt64, Time: clock.UnixNano()})
		must(t, s.update(0, nil))
		if st := stats(t, s, time.Time{}); st.Hits != int64(i+1) || st.Saved <= 0 {
			t.Errorf("clock %d: %d hits, saved %v", i, st.Hits, st.Saved)
		}
	}
	if st := stats(t, s, real.Add(-time.Minute)); st.Hits < 2 {
		t.Errorf("the last hour has %d hits", st.Hits)
	}
}

func TestTotalsAreBounded(t *testing.T) {
	tot := newTotals()
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range int64(20_000) {
		var key fingerprint.Key
		key[0], key[1] = byte(i), byte(i>>8)
		tot.add(&Event{
			Kind: Miss, Key: key, Time: i * int64(time.Hour), Elapsed: time.Duration(rng.Int64N(1e9)),
			Why: Code(i), NotStored: Code(i >> 8),
		}, math.MaxInt64)
	}
	tot.trim()
	if len(tot.buckets) != maxBuckets || len(tot.commands) != maxCommands {
		t.Errorf("%d buckets, %d commands", len(tot.buckets), len(tot.commands))
	}
	b, err := tot.encode()
	must(t, err)
	if got, err := decodeTotals(b); err != nil || !reflect.DeepEqual(got, tot) {
		t.Errorf("decode(encode) differs: %v", err)
	}
}

func FuzzTotals(f *testing.F) {
	t := newTotals()
	t.add(&Event{Kind: Stored, ID: 1, Size: 1}, 5)
	t.add(&Event{Kind: Miss, Why: 1, NotStored: 255}, 5)
	b, _ := t.encode()
	f.Add(b)
	former, err := os.ReadFile("testdata/totals-without-reasons")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(former)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= totalsHeaderSize { // let the fuzzer past the checksum
			sum := checksum(b[:40], b[totalsHeaderSize:])
			copy(b[40:], sum[:])
		}
		tot, err := decodeTotals(b)
		if err != nil {
			return
		}
		tot.add(&Event{Kind: Hit, ID: 1, Elapsed: math.MaxInt64}, 0)
		tot.add(&Event{Kind: Miss, Why: 1, NotStored: 64}, 0)
		tot.trim()
		tot.size()
		if b, err = tot.encode(); err != nil {
			return // it grew beyond the limit
		}
		if _, err := decodeTotals(b); err != nil {
			t.Errorf("what was written can't be read: %v", err)
		}
	})
}

func TestCutArgv(t *testing.T) {
	for _, c := range []struct {
		argv []string
		n    int
		want []string
	}{
		{[]string{"ab", "cdef", "g"}, 5, []string{"ab", "cd…"}},
		{[]string{"ab", "cd"}, 5, []string{"ab", "cd"}},
		{[]string{"ab", "cd", "e"}, 5, []string{"ab", "cd", "…"}},
		{[]string{"ab", "c"}, 2, []string{"ab", "…"}},
		{[]string{"aé"}, 2, []string{"a…"}},
		{[]string{"a\x80\x80"}, 2, []string{"…"}},
	} {
		if got := cutArgv(c.argv, c.n); !slices.Equal(got, c.want) {
			t.Errorf("cutArgv(%q, %d) = %q, want %q", c.argv, c.n, got, c.want)
		}
	}
}
