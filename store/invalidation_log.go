package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Files of the invalidation log in the store's directory.
const (
	logName  = "invalidations"
	logMutex = "invalidations.lock"
	// logGuard is held shared while a result is put in place and exclusively
	// while the log is compacted.
	logGuard = "invalidations.guard"
)

const (
	// logWait is how long one process waits for another that appends or
	// creates a log, which takes milliseconds. It is bounded because the
	// other may have been stopped.
	logWait = 5 * time.Second
	// maxLog bounds a log that can't be compacted. Beyond it a new one is
	// begun, which ends every result.
	maxLog = 64 << 20
)

// Mark returns the log's id and length as they are now. A result that is made
// from now on keeps it; see [Store.Since]. A log that is missing or that can't
// be read as one is replaced by a new one, which ends all results that were
// made before.
func (s *Store) Mark() (Mark, error) {
	m, err := s.readMark()
	if err == nil || !replaceable(err) {
		return m, err
	}
	unlock, err := s.lockMutex(logMutex, exclusive, logWait)
	if err != nil {
		return Mark{}, err
	}
	defer unlock()
	if m, err = s.readMark(); err == nil || !replaceable(err) {
		return m, err // another process was quicker
	}
	h, err := s.putLog([16]byte{}, nil)
	return Mark{Log: h.id, Length: logHeaderSize}, err
}

// sameLog reports whether the log that m was taken from is still the one in
// use. A run that began under another log must not be stored.
func (s *Store) sameLog(m Mark) bool {
	now, err := s.readMark()
	return err == nil && now.Log == m.Log && now.Length >= m.Length
}

// ErrLogReplaced says that the invalidation log is another one by now, or just
// being replaced.
var ErrLogReplaced = errors.New("the invalidation log was replaced")

// HoldLog makes sure that the log m was taken from stays the one in use until
// release is called. It never waits. After an error, [ErrLogReplaced] or that
// nothing can be locked, a result with that mark must not be put in place.
func (s *Store) HoldLog(m Mark) (release func(), err error) {
	unlock, err := s.lockMutex(logGuard, shared, 0)
	switch {
	case errors.Is(err, ErrBusy):
		return nil, ErrLogReplaced
	case err != nil:
		return nil, err
	case !s.sameLog(m):
		unlock()
		return nil, ErrLogReplaced
	}
	return unlock, nil
}

// Since returns what was appended after m. It costs an open, an fstat and a
// read if nothing was.
func (s *Store) Since(m Mark) Verdict {
	f, h, size, err := s.openLog(os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return Verdict{Unknown: "the invalidation log is gone"}
	}
	if err != nil {
		return Verdict{Unknown: fmt.Sprintf("the invalidation log can't be read: %v", err)}
	}
	defer f.Close()
	from := m.Length
	if h.id != m.Log {
		if h.predecessor != m.Log || m.Log == ([16]byte{}) {
			return Verdict{Unknown: "made under another invalidation log"}
		}
		from = logHeaderSize
	}
	switch {
	case from == size:
		return Verdict{}
	case from < logHeaderSize || from > size:
		return Verdict{Unknown: "the invalidation log is shorter than it was"}
	}
	records, err := readRecords(f, from, size)
	if err != nil {
		return Verdict{Unknown: err.Error()}
	}
	v := Verdict{Selectors: make([]Selector, len(records))}
	for i := range records {
		v.Selectors[i] = records[i].sel
	}
	return v
}

// Invalidate ends every result that sel matches: those in the store and those
// that runs in flight are making. When it returns nil the selector is on disk.
//
// A log with a torn or altered record is replaced, and with it everything
// ends: what the lost record said is not known. It is not cut off, because a
// later log of the same length would look unchanged to a result whose mark
// counts the lost bytes.
func (s *Store) Invalidate(sel Selector) error {
	if err := sel.check(); err != nil {
		return err
	}
	record, err := encodeLogRecord(&sel)
	if err != nil {
		return err
	}
	unlock, err := s.lockMutex(logMutex, exclusive, logWait)
	if err != nil {
		return err
	}
	defer unlock()
	f, _, size, err := s.openLog(os.O_RDWR | os.O_APPEND)
	if err == nil {
		defer f.Close()
		_, err = readRecords(f, logHeaderSize, size)
	}
	if err != nil {
		if !replaceable(err) {
			return err
		}
		_, err = s.putLog([16]byte{}, record)
		return err
	}
	return appendRecord(f, record, size)
}

// appendRecord appends to an open log of that size, all or nothing.
func appendRecord(f *os.File, record []byte, size int64) error {
	if _, err := f.Write(record); err != nil {
		err = fmt.Errorf("append to invalidation log: %w", err)
		// Where there are no locks another process may have appended meanwhile; then
		// the torn record stays, and ends everything.
		if info, serr := f.Stat(); serr == nil && info.Size() < size+int64(len(record)) {
			// By name: a handle that only appends can't truncate on Windows.
			err = errors.Join(err, os.Truncate(f.Name(), size))
		}
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("append to invalidation log: %w", err)
	}
	return nil
}

// readMark returns the present mark.
func (s *Store) readMark() (Mark, error) {
	f, h, size, err := s.openLog(os.O_RDONLY)
	if err != nil {
		return Mark{}, err
	}
	defer f.Close()
	return Mark{Log: h.id, Length: size}, nil
}

// openLog opens the log and reads its header.
func (s *Store) openLog(flag int) (*os.File, logHeader, int64, error) {
	f, size, err := openPlain(s.Path(logName), flag)
	if err != nil {
		return nil, logHeader{}, 0, err
	}
	var b [logHeaderSize]byte
	if _, err = f.ReadAt(b[:], 0); err == io.EOF {
		err = errLogDamaged
	}
	var h logHeader
	if err == nil {
		h, err = decodeLogHeader(b[:])
	}
	if err == nil && size > maxLog {
		err = fmt.Errorf("%w: larger than %d bytes", errLogDamaged, int64(maxLog))
	}
	if err != nil {
		f.Close()
		return nil, logHeader{}, 0, err
	}
	return f, h, size, nil
}

// readRecords decodes the records of an open log from one position to another.
func readRecords(f *os.File, from, to int64) ([]logRecord, error) {
	b := make([]byte, to-from)
	if _, err := f.ReadAt(b, from); err != nil {
		return nil, fmt.Errorf("%w: %v", errLogDamaged, err)
	}
	return decodeLogRecords(b, from)
}

// replaceable reports whether err says that there is no log, or none that can
// be read as one.
func replaceable(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLogDamaged)
}

// putLog puts a new log with those records in place of the present one. The
// caller holds the log's mutex.
func (s *Store) putLog(predecessor [16]byte, records []byte) (logHeader, error) {
	h := logHeader{predecessor: predecessor}
	rand.Read(h.id[:])
	contents := append(h.encode(), records...)
	err := s.inDir(s.dir, func() error { return writeWhole(s.Path(logName), contents) })
	if err != nil {
		return logHeader{}, fmt.Errorf("create invalidation log: %w", err)
	}
	return h, nil
}
