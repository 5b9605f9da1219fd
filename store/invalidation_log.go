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
	// logWait bounds the wait for another process that appends to the log or
	// creates it. That takes milliseconds unless the process was stopped.
	logWait = 5 * time.Second
	// maxLog bounds a log that can't be compacted. A larger one is replaced by
	// a new log, which ends every result.
	maxLog = 64 << 20
)

// Mark returns the current id and length of the log. A run that begins now
// stores the mark in its result; see [Store.Since]. Mark replaces a missing or
// damaged log with a new one, which ends all earlier results.
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
		return m, err // another process has created it
	}
	h, err := s.putLog([16]byte{}, nil)
	return Mark{Log: h.id, Length: logHeaderSize}, err
}

// sameLog reports whether m belongs to the current log. A run that began under
// another log must not be stored.
func (s *Store) sameLog(m Mark) bool {
	now, err := s.readMark()
	return err == nil && now.Log == m.Log && now.Length >= m.Length
}

// ErrLogReplaced says that the invalidation log was or is being replaced.
var ErrLogReplaced = errors.New("the invalidation log was replaced")

// HoldLog keeps the log that m belongs to from being replaced until release is
// called. It never waits. If it fails, because the log was replaced
// ([ErrLogReplaced]) or can't be locked, a result with this mark must not be
// stored.
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

// Since returns the selectors appended after m. If there are none, it costs an
// open, an fstat and a read.
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

// Invalidate ends every result that sel matches, both stored results and those
// of runs in flight. When it returns nil, the selector is on disk.
//
// If a record of the log is torn or altered, Invalidate replaces the log, which
// ends all results, because the lost selector may have matched any of them. It
// does not truncate the log: once the log had grown to the old length again, it
// would look unchanged to a result whose mark counts the lost bytes.
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

// appendRecord appends a record to an open log of size bytes. If it fails, it
// truncates the log to size again.
func appendRecord(f *os.File, record []byte, size int64) error {
	if _, err := f.Write(record); err != nil {
		err = fmt.Errorf("append to invalidation log: %w", err)
		// Without locks another process may have appended at the same time.
		// The torn record then stays and ends all results.
		if info, serr := f.Stat(); serr == nil && info.Size() < size+int64(len(record)) {
			// By name: on Windows a handle opened for append can't truncate.
			err = errors.Join(err, os.Truncate(f.Name(), size))
		}
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("append to invalidation log: %w", err)
	}
	return nil
}

// readMark returns the current mark.
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

// replaceable reports whether err says that the log is missing or damaged.
func replaceable(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLogDamaged)
}

// putLog replaces the log with a new one that contains records. The caller
// holds the log's mutex.
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
