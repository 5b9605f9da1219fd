package store

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A Kind says what an [Event] is. Kinds are stored; values never change their
// meaning.
type Kind uint8

const (
	Hit           Kind = 1 // replayed fresh
	StaleHit      Kind = 2 // replayed stale
	Miss          Kind = 3 // run
	Stored        Kind = 4 // a result was put in place
	Removed       Kind = 5 // a result was removed, see [Reason]
	Refresh       Kind = 6 // run again in the background, stored
	RefreshFailed Kind = 7 // run again in the background, not stored
	Failed        Kind = 8 // something was wrong with the cache
	Bypass        Kind = 9 // run without the cache
)

// A Reason says why a result was removed.
type Reason uint8

const (
	Replaced    Reason = 1 // by a newer result
	Evicted     Reason = 2 // to keep the store within its bounds
	Invalidated Reason = 3
	Corrupt     Reason = 4
	Expired     Reason = 5
)

// A Code says why a call was no hit, or why its run was not stored. The numbers
// are those of package memo's reason codes, and the store only counts them.
// Zero: it is not known, as in what former versions wrote.
type Code uint8

// An Event is one entry of the journal. Fields that don't apply are zero.
type Event struct {
	Kind   Kind
	Reason Reason
	Time   int64 // nanoseconds since the epoch
	Key    fingerprint.Key
	ID     uint64 // the ID of the result's [Ref]
	// Elapsed is how long the run took: the one that a hit saved, the one that
	// a miss or a refresh made, the one that made a stored result.
	Elapsed time.Duration
	Size    int64 // of the file that was stored or removed, in bytes
	// Why is why the call of a stale hit or a run was no hit, NotStored why the
	// run was not stored.
	Why, NotStored Code
}

// A record of the journal has 80 bytes, integers little-endian:
//
//	 0  4  magic and version, "mjr1"
//	 4  1  kind
//	 5  1  reason
//	 6  1  why the call was no hit, a code
//	 7  1  why the run was not stored, a code
//	 8  8  time, nanoseconds since the epoch, signed
//	16 32  key
//	48  8  result id
//	56  8  elapsed, nanoseconds, signed
//	64  8  size, signed
//	72  4  zero
//	76  4  CRC-32 (IEEE 802.3, as in zlib) of the 76 bytes before
//
// Earlier versions wrote zeros for the codes. A process appends each record by
// one write to a file opened with O_APPEND, which keeps the records of different
// processes apart. The C code of package recall writes the same record for hits.
const (
	journalMagic  = "mjr1"
	eventSize     = 80
	journalName   = "journal"
	journalPrefix = "journal."
)

// appendEvent appends the record of an event.
func appendEvent(b []byte, e *Event) []byte {
	start := len(b)
	b = append(b, journalMagic...)
	b = append(b, byte(e.Kind), byte(e.Reason), byte(e.Why), byte(e.NotStored))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Time))
	b = append(b, e.Key[:]...)
	b = binary.LittleEndian.AppendUint64(b, e.ID)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Elapsed))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Size))
	b = append(b, 0, 0, 0, 0)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// decodeEvent decodes the record that b, at least eventSize bytes, begins
// with. ok is false if it is none.
func decodeEvent(b []byte) (e Event, ok bool) {
	b = b[:eventSize]
	if string(b[:4]) != journalMagic || binary.LittleEndian.Uint32(b[76:]) != crc32.ChecksumIEEE(b[:76]) {
		return e, false
	}
	e = Event{
		Kind:      Kind(b[4]),
		Reason:    Reason(b[5]),
		Why:       Code(b[6]),
		NotStored: Code(b[7]),
		Time:      int64(binary.LittleEndian.Uint64(b[8:])),
		ID:        binary.LittleEndian.Uint64(b[48:]),
		Elapsed:   max(0, time.Duration(binary.LittleEndian.Uint64(b[56:]))),
		Size:      max(0, int64(binary.LittleEndian.Uint64(b[64:]))),
	}
	copy(e.Key[:], b[16:48])
	return e, true
}

// readJournal calls yield with each event of a journal, in its order, and
// returns how many bytes it read. Bytes that are no record, as a torn write
// leaves them, are passed over, and so are kinds of events that a later
// version may add. The error is r's.
func readJournal(r io.Reader, yield func(Event)) (int64, error) {
	var read int64
	buf := make([]byte, 0, 64<<10)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		read += int64(n)
		rest := scanEvents(buf[:len(buf)+n], yield)
		buf = buf[:copy(buf[:cap(buf)], rest)]
		if err == io.EOF {
			return read, nil
		}
		if err != nil {
			return read, err
		}
	}
}

// scanEvents calls yield with each event in b and returns the rest, shorter
// than a record, which one might begin with.
func scanEvents(b []byte, yield func(Event)) (rest []byte) {
	for len(b) >= eventSize {
		if e, ok := decodeEvent(b); ok {
			if Hit <= e.Kind && e.Kind <= Bypass {
				yield(e)
			}
			b = b[eventSize:]
			continue
		}
		if i := bytes.Index(b[1:], []byte(journalMagic)); i >= 0 {
			b = b[1+i:]
			continue
		}
		b = b[len(b)-len(journalMagic)+1:] // the magic may be cut
	}
	return b
}

// Record appends events to the journal, best effort: what can't be written is
// lost, and nothing but counts suffer. An event without a time happens now. It
// costs an open, a write and a close.
func (s *Store) Record(events ...Event) {
	if len(events) == 0 {
		return
	}
	b := make([]byte, 0, eventSize*len(events))
	for i := range events {
		e := events[i]
		if e.Time == 0 {
			e.Time = s.now().UnixNano()
		}
		b = appendEvent(b, &e)
	}
	var f *os.File
	err := s.inDir(s.dir, func() (err error) {
		f, err = openOwn(s.Path(journalName), os.O_WRONLY|os.O_APPEND|os.O_CREATE)
		return err
	})
	if err != nil {
		return
	}
	_, _ = f.Write(b)
	_ = f.Close()
}

// A batch gathers events so that many cost one write. The zero value is ready.
type batch struct{ events []Event }

// batchSize is how many events are written at once, 20 KiB.
const batchSize = 256

func (b *batch) add(s *Store, e Event) {
	b.events = append(b.events, e)
	if len(b.events) >= batchSize {
		b.flush(s)
	}
}

func (b *batch) flush(s *Store) {
	if len(b.events) > 0 {
		s.Record(b.events...)
		b.events = b.events[:0]
	}
}
