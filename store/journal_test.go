package store

import (
	"bytes"
	"encoding/hex"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func events(t testing.TB, r io.Reader) []Event {
	t.Helper()
	var list []Event
	if _, err := readJournal(r, func(e Event) { list = append(list, e) }); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestEventLayout holds the bytes that C code writes as well.
func TestEventLayout(t *testing.T) {
	e := Event{Kind: Hit, Reason: Expired, Time: 0x0102030405060708, Key: testKey(0xaa), ID: 0x1112131415161718, Elapsed: 3, Size: 4, Why: 2, NotStored: 64}
	b := appendEvent(nil, &e)
	const head = "6d6a7231" + "01050240" + "0807060504030201"
	if got := hex.EncodeToString(b[:16]); got != head {
		t.Errorf("head %s, want %s", got, head)
	}
	const tail = "1817161514131211" + "0300000000000000" + "0400000000000000" + "00000000"
	if got := hex.EncodeToString(b[48:76]); got != tail {
		t.Errorf("tail %s, want %s", got, tail)
	}
	if len(b) != eventSize || !bytes.Equal(b[16:48], e.Key[:]) {
		t.Errorf("%d bytes, key %x", len(b), b[16:48])
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1
		if _, ok := decodeEvent(bad); ok {
			t.Errorf("an event with byte %d altered is accepted", i)
		}
	}
}

// TestReadJournalResyncs puts junk between events: each event is still found.
func TestReadJournalResyncs(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var b []byte
		var want []Event
		for i := range 40 {
			e := Event{Kind: Kind(1 + i%9), Time: int64(i), Key: testKey(byte(i)), ID: rng.Uint64(), Elapsed: time.Duration(i)}
			whole := appendEvent(nil, &e)
			switch rng.IntN(4) {
			case 0:
				b = append(b, whole[:rng.IntN(eventSize)]...) // torn
				continue
			case 1:
				b = append(b, make([]byte, rng.IntN(200))...)
			case 2:
				b = append(b, "mjr1mjr"...)
			}
			b = append(b, whole...)
			want = append(want, e)
		}
		if got := events(t, bytes.NewReader(b)); !slices.Equal(got, want) {
			t.Fatalf("%d events, want %d", len(got), len(want))
		}
		if got := events(t, iotest.OneByteReader(bytes.NewReader(b))); !slices.Equal(got, want) {
			t.Fatalf("byte by byte: %d events, want %d", len(got), len(want))
		}
	}
}

func TestReadJournalPassesOverUnknownKinds(t *testing.T) {
	b := appendEvent(nil, &Event{Kind: 200})
	b = appendEvent(b, &Event{Kind: Miss})
	if got := events(t, bytes.NewReader(b)); len(got) != 1 || got[0].Kind != Miss {
		t.Errorf("%v", got)
	}
}

func TestRecord(t *testing.T) {
	s := openTest(t)
	s.Record(Event{Kind: Hit, Key: testKey(1)})
	must(t, os.RemoveAll(s.Root()))
	s.Record(Event{Kind: Miss}, Event{Kind: Stored, Time: 7})
	f, err := os.Open(s.Path(journalName))
	must(t, err)
	defer f.Close()
	got := events(t, f)
	if len(got) != 2 || got[0].Kind != Miss || got[0].Time == 0 || got[1].Time != 7 {
		t.Errorf("after the directory was deleted: %+v", got)
	}
	must(t, os.Remove(s.Path(journalName)))
	must(t, os.Mkdir(s.Path(journalName), 0o700))
	s.Record(Event{Kind: Hit}) // lost, and nothing else
}

func FuzzReadJournal(f *testing.F) {
	f.Add([]byte("mjr1"), int64(0), int64(1), uint8(1))
	f.Add(bytes.Repeat([]byte("mjr1"), 50), int64(math.MinInt64), int64(math.MaxInt64), uint8(5))
	f.Fuzz(func(t *testing.T, junk []byte, at, elapsed int64, kind uint8) {
		e := Event{
			Kind: Kind(1 + kind%9), Time: at, Elapsed: time.Duration(max(0, elapsed)), Key: fingerprint.Key{kind},
			Why: Code(elapsed), NotStored: Code(at),
		}
		n := len(events(t, bytes.NewReader(junk)))
		got := events(t, bytes.NewReader(appendEvent(bytes.Clone(junk), &e)))
		// Junk that ends like the beginning of the event can't hide it.
		if len(got) != n+1 || got[n] != e {
			t.Fatalf("%d events after %d, last %+v, want %+v", len(got), n, got[len(got)-1], e)
		}
	})
}
