package store

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"
)

// Bounds are what a store may take. A bound that is not positive is none.
type Bounds struct {
	MaxSize    int64 // bytes
	MaxResults int64
	Policy     string // one of [Policies], empty for the default
}

const (
	evictMutex = "evict.lock"
	// probeShare is the part of a bound, 1/128, that a store grows by on
	// average between two looks at its size.
	probeShare = 128
	// recountAfter is how long an exact count is believed. Events that were
	// lost, and files that a user deleted, are noticed then at the latest.
	recountAfter = 7 * 24 * time.Hour
)

// OverBounds reports whether [Store.Evict] should run, after a file of added
// bytes was put in place. Mostly it doesn't look: it does so with a chance of
// 128 times the share of the bounds that was added, so that a store runs some
// hundredth beyond its bounds whatever their size, at no cost to speak of. A
// look takes a few milliseconds at most. When in doubt it is true.
func (s *Store) OverBounds(b Bounds, added int64) bool {
	if rand.Float64() >= b.probe(added) {
		return false
	}
	results, size, ok := s.reckon()
	return !ok || b.exceeded(results, size)
}

// probe returns the chance with which a store is looked at, after added bytes.
func (b Bounds) probe(added int64) float64 {
	chance := 0.0
	if b.MaxResults > 0 {
		chance = probeShare / float64(b.MaxResults)
	}
	if b.MaxSize > 0 {
		chance = max(chance, probeShare*float64(added)/float64(b.MaxSize))
	}
	return chance
}

// exceeded reports whether that much is over the bounds.
func (b Bounds) exceeded(results, size int64) bool {
	return b.MaxResults > 0 && results > b.MaxResults || b.MaxSize > 0 && size > b.MaxSize
}

// reckon returns how many results there are and what they take, from the head
// of the totals file and the journal. ok is false if they can't be relied on.
func (s *Store) reckon() (results, size int64, ok bool) {
	if results, size, ok = s.totalsHead(); !ok {
		return 0, 0, false
	}
	f, _, err := openPlain(s.Path(journalName), os.O_RDONLY)
	if err != nil {
		return results, size, true // just folded, or nothing has happened
	}
	defer f.Close()
	_, _ = readJournal(f, func(e Event) { // what can't be read is not counted
		switch e.Kind {
		case Stored:
			results++
			size = addBytes(size, e.Size)
		case Removed:
			results--
			size -= e.Size
		}
	})
	return results, size, true
}

// totalsHead reads the figures at the head of the totals file. Where there is
// none nothing was folded yet, and the journal says it all.
func (s *Store) totalsHead() (results, size int64, ok bool) {
	f, _, err := openPlain(s.Path(totalsName), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, true
	}
	if err != nil {
		return 0, 0, false
	}
	defer f.Close()
	var b [32]byte
	if _, err := io.ReadFull(f, b[:]); err != nil || string(b[:8]) != totalsMagic {
		return 0, 0, false
	}
	le := binary.LittleEndian
	age := s.now().Sub(time.Unix(0, int64(le.Uint64(b[24:]))))
	results, size = int64(le.Uint64(b[8:])), int64(le.Uint64(b[16:]))
	return results, size, results >= 0 && size >= 0 && age < recountAfter && age > -recountAfter
}
