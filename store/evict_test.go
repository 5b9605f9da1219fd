package store

import (
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// fill stores n results, made a second apart, and journals them.
func fill(t testing.TB, s *Store, n int, size int) []Ref {
	t.Helper()
	var refs []Ref
	out := string(make([]byte, size))
	for i := range n {
		var key fingerprint.Key
		key[0], key[1], key[9] = byte(i), byte(i>>8), byte(i>>16)
		ref := put(t, s, key, testResult(int64(i+1)*int64(time.Second)), out)
		info, err := os.Lstat(s.ResultPath(ref))
		if err != nil {
			t.Fatal(err)
		}
		s.Record(Event{Kind: Stored, Key: key, ID: ref.ID, Size: info.Size(), Elapsed: time.Second, Time: ref.Created})
		refs = append(refs, ref)
	}
	return refs
}

func TestEvictDownToNinetyPercent(t *testing.T) {
	for _, b := range []Bounds{{MaxResults: 100, Policy: "lru"}, {MaxSize: 100 * 1500, Policy: "lru"}} {
		s := openTest(t)
		refs := fill(t, s, 130, 1000)
		var on int
		ev, err := s.Evict(b, EvictOptions{On: func(ref Ref, size int64) {
			if on++; !exists(s, ref) || size == 0 {
				t.Error("On is called for what is gone")
			}
		}})
		must(t, err)
		st := stats(t, s, time.Time{})
		if b.MaxResults > 0 && (ev.Removed != 40 || st.Results != 90) {
			t.Errorf("%+v: %+v, %d results left", b, ev, st.Results)
		}
		if b.MaxSize > 0 && (st.Size > b.MaxSize*9/10 || st.Size < b.MaxSize*8/10) {
			t.Errorf("%+v: %+v, %d bytes left", b, ev, st.Size)
		}
		if st.Evictions != ev.Removed || int64(on) != ev.Removed || ev.Results != 130 {
			t.Errorf("%+v: %+v, %d evictions counted, On called %d times", b, ev, st.Evictions, on)
		}
		for i, ref := range refs {
			if got, want := exists(s, ref), int64(i) >= ev.Removed; got != want {
				t.Fatalf("result %d exists: %v, want %v", i, got, want)
			}
		}
		if again, err := s.Evict(b, EvictOptions{}); err != nil || again.Removed != 0 {
			t.Errorf("again: %+v, %v", again, err)
		}
	}
}

func TestEvictDryRun(t *testing.T) {
	s := openTest(t)
	fill(t, s, 10, 10)
	ev, err := s.Evict(Bounds{MaxResults: 5}, EvictOptions{DryRun: true})
	if st := stats(t, s, time.Time{}); err != nil || ev.Removed != 5 || st.Results != 10 || st.Evictions != 0 {
		t.Errorf("%+v, %v, %d results", ev, err, st.Results)
	}
}

// TestPolicies checks which of five results each policy gives up first.
func TestPolicies(t *testing.T) {
	now := int64(time.Hour)
	mk := func(id uint64, size, created, used, hits int64, cost time.Duration) entry {
		return entry{Ref{Created: created, ID: id}, size, Use{LastUsed: used, Hits: hits, Cost: cost}}
	}
	list := []entry{
		mk(1, 100, 10, 90, 1, 100), // old, used last
		mk(2, 100, 20, 30, 9, 100), // often
		mk(3, 100, 30, 40, 2, 9e9), // dear
		mk(4, 1e9, 40, 50, 3, 100), // large
		mk(5, 100, 50, 60, 0, 100), // young, never hit
	}
	for policy, want := range map[string][]uint64{
		"lru":  {2, 3, 4, 5, 1},
		"lfu":  {5, 1, 3, 4, 2},
		"fifo": {1, 2, 3, 4, 5},
		"gdsf": {4, 5, 1, 2, 3},
	} {
		worth, err := Bounds{Policy: policy}.worth()
		must(t, err)
		got := slices.Clone(list)
		rank(got, worth, now)
		var ids []uint64
		for _, e := range got {
			ids = append(ids, e.ref.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s: %v, want %v", policy, ids, want)
		}
	}
	if _, err := (Bounds{Policy: "best"}).worth(); err == nil {
		t.Error("an unknown policy is accepted")
	}
	if len(policies()) != len(Policies()) {
		t.Error("the lists of policies differ")
	}
}

// TestGDSFAges checks that what was popular once goes in the end.
func TestGDSFAges(t *testing.T) {
	s := openTest(t)
	popular := fill(t, s, 1, 10)[0]
	for range 20 {
		s.Record(Event{Kind: Hit, ID: popular.ID, Time: int64(time.Second)})
	}
	b := Bounds{MaxResults: 10, Policy: "gdsf"}
	for round := range 150 {
		for i := range 4 {
			key := testKey(byte(round*4 + i + 1))
			ref := put(t, s, key, testResult(int64(round+2)*int64(time.Second)), "0123456789")
			s.Record(Event{Kind: Stored, Key: key, ID: ref.ID, Size: 200, Elapsed: time.Second})
		}
		_, err := s.Evict(b, EvictOptions{})
		must(t, err)
		if !exists(s, popular) {
			if round < 3 {
				t.Errorf("the popular result went in round %d", round)
			}
			return
		}
	}
	t.Error("the popular result stays for ever")
}

// TestRankFutureTimes: what a clock that was ahead left does not stay longer
// than what is used now.
func TestRankFutureTimes(t *testing.T) {
	now := int64(1000)
	list := []entry{
		{ref: Ref{Created: 5000, ID: 1}, use: Use{LastUsed: 9000}},
		{ref: Ref{Created: 500, ID: 2}, use: Use{LastUsed: now}},
	}
	rank(list, lru, now)
	if list[0].ref.ID != 1 {
		t.Error("a result from the future is worth more than any other")
	}
}

func TestEvictOneAtATime(t *testing.T) {
	s := openTest(t)
	unlock, err := s.lockMutex(evictMutex, exclusive, 0)
	must(t, err)
	if _, err := s.Evict(Bounds{}, EvictOptions{}); !errors.Is(err, ErrBusy) {
		t.Errorf("Evict = %v, want ErrBusy", err)
	}
	unlock()
	if _, err := s.Evict(Bounds{Policy: "best"}, EvictOptions{}); err == nil {
		t.Error("an unknown policy is accepted")
	}
}

// TestEvictWhileResultsComeAndGo evicts while others store and remove.
func TestEvictWhileResultsComeAndGo(t *testing.T) {
	s := openTest(t)
	fill(t, s, 200, 10)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			for ref := range s.All() {
				_ = s.Remove(ref)
				break
			}
			put(t, s, testKey(byte(i)), testResult(int64(i)), "x")
		}
	})
	for range 10 {
		if _, err := s.Evict(Bounds{MaxResults: 50}, EvictOptions{}); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	ev, err := s.Evict(Bounds{MaxResults: 50}, EvictOptions{})
	if n := stats(t, s, time.Time{}).Results; err != nil || n > 50 || n != ev.Results-ev.Removed {
		t.Errorf("%+v, %v, %d results", ev, err, n)
	}
}

func TestOverBounds(t *testing.T) {
	s, now := openAt(t, time.Unix(1_000_000, 0))
	must(t, s.update(0, nil)) // the first one counts files, of which there are none
	small := Bounds{MaxResults: 5}
	for i := range 7 {
		if got, want := s.OverBounds(small, 1), i > 5; got != want {
			t.Errorf("with %d results: OverBounds = %v", i, got)
		}
		s.Record(Event{Kind: Stored, ID: uint64(i + 1), Size: 10})
		if i == 3 {
			must(t, s.update(0, nil))
		}
	}
	if s.OverBounds(Bounds{}, 1<<40) || s.OverBounds(Bounds{MaxResults: 100}, 1) {
		t.Error("over no bound, or one that is not reached")
	}
	if !s.OverBounds(Bounds{MaxSize: 60}, 10) || s.OverBounds(Bounds{MaxSize: 70}, 10) {
		t.Error("the bound on size is not kept")
	}
	must(t, s.Recount())
	*now = now.Add(recountAfter)
	if !s.OverBounds(Bounds{MaxResults: 100}, 1) {
		t.Error("a count is believed for ever")
	}
}

// TestOverBoundsLooksOften stores many results under a large bound: it must be
// noticed within some hundredths of it.
func TestOverBoundsLooksOften(t *testing.T) {
	b := Bounds{MaxResults: 2000}
	for round := range 3 {
		s := openTest(t)
		n := 0
		for ; n < 2400; n++ {
			s.Record(Event{Kind: Stored, ID: uint64(n) + 1, Size: 1})
			if s.OverBounds(b, 1) {
				break
			}
		}
		// The chance that 400 looks at 6.4 % miss is below 10^-11.
		if n < 2000 || n == 2400 {
			t.Errorf("round %d: noticed at %d", round, n)
		}
	}
}

func BenchmarkHundredThousandResults(b *testing.B) {
	s := openTest(b)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	must(s.update(0, nil)) // the first one counts files, of which there are none
	for i := range 1000 {
		batch := make([]Event, 100)
		for j := range batch {
			batch[j] = Event{Kind: Stored, ID: uint64(i*100 + j + 1), Size: 1000, Key: testKey(byte(i))}
		}
		s.Record(batch...)
	}
	must(s.update(0, nil))
	b.Run("Stats", func(b *testing.B) {
		for b.Loop() {
			st, err := s.Stats(time.Time{})
			must(err)
			if st.Results != 100_000 {
				b.Fatal(st.Results)
			}
		}
	})
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			s.Record(make([]Event, foldAt/eventSize)...)
			must(s.update(0, nil))
		}
	})
	b.Run("reckon", func(b *testing.B) {
		s.Record(make([]Event, foldAt/eventSize)...)
		for b.Loop() {
			s.reckon()
		}
	})
}

// TestGDSFSparesLatest: what was just made or used stays, unless it is large.
func TestGDSFSparesLatest(t *testing.T) {
	now := int64(time.Hour)
	var list []entry
	for i := range 20 {
		list = append(list, entry{Ref{Created: int64(i), ID: uint64(i)}, 100, Use{Cost: time.Duration(20 - i)}})
	}
	list[3].use.LastUsed = 90
	use := func(ref Ref) Use { return list[ref.ID].use }
	gone, err := Bounds{MaxResults: 2, Policy: "gdsf"}.choose(slices.Clone(list), use, now)
	must(t, err)
	for _, e := range gone {
		if e.ref.ID == 19 || e.ref.ID == 3 {
			t.Errorf("result %d goes", e.ref.ID)
		}
	}
	list[19].size = 1e6
	gone, err = Bounds{MaxSize: 5000, Policy: "gdsf"}.choose(slices.Clone(list), use, now)
	must(t, err)
	if len(gone) != 1 || gone[0].ref.ID != 19 {
		t.Errorf("%d results go for a large one", len(gone))
	}
}
