package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// compactAt is the size above which [Store.CompactLog] compacts the log. An
// invalidation takes about 100 bytes, so this is about 10,000 of them.
const compactAt = 1 << 20

// CompactLog replaces the log with a new one if it is over 1 MiB. It removes
// every result that the old log has ended. The new log names the old one as its
// predecessor, so that the remaining results stay valid under it. Runs in flight
// under the old log are not stored, and a result that has already survived one
// compaction ends. CompactLog does nothing if another process compacts the log,
// or if the file system has no locks.
//
// During a compaction no result can be stored (see [Store.HoldLog]), but
// invalidations can be appended, and are copied to the new log.
func (s *Store) CompactLog() error {
	m, err := s.readMark()
	if err == nil && m.Length > compactAt {
		err = s.compactLog()
	}
	if err != nil && (replaceable(err) || errors.Is(err, ErrBusy) || errors.Is(err, errors.ErrUnsupported)) {
		return nil
	}
	return err
}

func (s *Store) compactLog() error {
	unguard, err := s.lockMutexSurely(logGuard, exclusive, logWait)
	if err != nil {
		return err
	}
	defer unguard()
	f, h, size, err := s.openLog(os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	if size <= compactAt {
		return nil // another process has compacted it
	}
	records, err := readRecords(f, logHeaderSize, size)
	if err != nil {
		return err
	}
	if err := s.removeEnded(h, records, size); err != nil {
		return fmt.Errorf("compact invalidation log: %w", err)
	}
	return s.succeedLog(h, size)
}

// removeEnded removes every result that the given log has ended or can't judge.
// It fails if a result can't be read or removed.
func (s *Store) removeEnded(h logHeader, records []logRecord, size int64) error {
	var (
		mu      sync.Mutex
		errs    []error
		removed batch
	)
	all := func(Ref) bool { return true }
	err := s.scan(all, func(ref Ref, r *Reading, err error) {
		event := Event{Kind: Removed, Reason: Invalidated, Key: ref.Key, ID: ref.ID}
		var corrupt *CorruptError
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return
		case errors.As(err, &corrupt):
			event.Reason = Corrupt
		case err == nil:
			if !endedBy(h, records, size, r.Result) {
				return
			}
			event.Size = r.Size()
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			err = s.end(ref, Invalidated)
		case corrupt != nil:
			err = s.Remove(ref)
		}
		if err != nil {
			errs = append(errs, err)
			return
		}
		removed.add(s, event)
	})
	removed.flush(s)
	return errors.Join(append(errs, err)...)
}

// endedBy reports whether the given log has ended r or can't judge it.
func endedBy(h logHeader, records []logRecord, size int64, r *Result) bool {
	if r.Mark.Log != h.id {
		return true
	}
	if r.Mark.Length == size {
		return false
	}
	i := slices.IndexFunc(records, func(rec logRecord) bool { return rec.at == r.Mark.Length })
	if i < 0 {
		return true // the mark is not a position in this log
	}
	return slices.ContainsFunc(records[i:], func(rec logRecord) bool { return rec.sel.Matches(r) })
}

// succeedLog replaces a log with its successor. It copies the records that were
// appended to the old log after position seen.
func (s *Store) succeedLog(h logHeader, seen int64) error {
	unlock, err := s.lockMutex(logMutex, exclusive, logWait)
	if err != nil {
		return err
	}
	defer unlock()
	f, now, size, err := s.openLog(os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	if now.id != h.id || size < seen {
		return nil // already replaced, which ended everything
	}
	tail := make([]byte, size-seen)
	if _, err := f.ReadAt(tail, seen); err != nil {
		return fmt.Errorf("compact invalidation log: %w", err)
	}
	if _, err := decodeLogRecords(tail, seen); err != nil {
		return err
	}
	_, err = s.putLog(h.id, tail)
	return err
}
