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

// Bounds limit the size of a store. A bound of 0 or less does not apply.
type Bounds struct {
	MaxSize    int64 // bytes
	MaxResults int64
	Policy     string // one of [Policies], empty for the default
}

const (
	evictMutex = "evict.lock"
	// probeShare sets how often the size is checked: on average once for
	// each 1/128 of a bound by which the store grows.
	probeShare = 128
	// recountAfter is the age at which an exact count is repeated. It bounds
	// the time for which lost events and deleted files go unnoticed.
	recountAfter = 7 * 24 * time.Hour
)

// OverBounds reports whether [Store.Evict] should run, after a file of added
// bytes was stored. It checks the store only with a probability of 128 times
// the added share of the bounds, so that a store exceeds its bounds by about 1 %
// whatever their size, at negligible cost. A check takes a few milliseconds at
// most. If the size is not known, OverBounds returns true.
func (s *Store) OverBounds(b Bounds, added int64) bool {
	if rand.Float64() >= b.probe(added) {
		return false
	}
	results, size, ok := s.reckon()
	return !ok || b.exceeded(results, size)
}

// probe returns the probability of a check after added bytes were stored.
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

// exceeded reports whether either figure is over its bound.
func (b Bounds) exceeded(results, size int64) bool {
	return b.MaxResults > 0 && results > b.MaxResults || b.MaxSize > 0 && size > b.MaxSize
}

// reckon returns the number of results and their size in bytes, from the head
// of the totals file and the journal. ok is false if these are unreliable.
func (s *Store) reckon() (results, size int64, ok bool) {
	if results, size, ok = s.totalsHead(); !ok {
		return 0, 0, false
	}
	f, _, err := openPlain(s.Path(journalName), os.O_RDONLY)
	if err != nil {
		return results, size, true // just folded, or nothing has happened
	}
	defer f.Close()
	_, _ = readJournal(f, func(e Event) { // unreadable records don't count
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

// totalsHead reads the figures at the head of the totals file. If the file does
// not exist, the journal contains every event, and the figures are 0.
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
