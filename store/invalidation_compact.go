package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// compactAt is the size of the log above which [Store.CompactLog] acts. An
// invalidation takes some 100 bytes, so this is some 10,000 of them.
const compactAt = 1 << 20

// CompactLog begins a new log if the present one is over 1 MiB: it removes
// every result that the old one has ended, and puts in place a new one that
// names it as its predecessor, so that what survived is valid from the new
// one's beginning. Runs in flight under the old log are not stored, and a
// result that already lived through one compaction ends. It does nothing if
// another process is at it, or if there are no locks here.
//
// While it looks through the store, no result can be put in place (see
// [Store.HoldLog]) but invalidations go on; those that come in are carried
// over.
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
		return nil // another process was quicker
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

// removeEnded removes every result that a log of that header, records and
// size has ended or knows nothing about. It fails if it can't be sure of one.
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

// endedBy reports whether a log of that header, records and size has ended r
// or knows nothing about it.
func endedBy(h logHeader, records []logRecord, size int64, r *Result) bool {
	if r.Mark.Log != h.id {
		return true
	}
	if r.Mark.Length == size {
		return false
	}
	i := slices.IndexFunc(records, func(rec logRecord) bool { return rec.at == r.Mark.Length })
	if i < 0 {
		return true // no position in a log like this one
	}
	return slices.ContainsFunc(records[i:], func(rec logRecord) bool { return rec.sel.Matches(r) })
}

// succeedLog puts the successor of a log in place. It carries over what was
// appended to the old one beyond seen.
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
		return nil // replaced meanwhile, which ended everything
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
