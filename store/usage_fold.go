package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	totalsMutex = "totals.lock"
	// foldAt is the size of the journal above which it is folded, some 13,000
	// events. Package recall leaves hits to Go above the same size.
	foldAt = 1 << 20
	// partGrace is how long a folded part of the journal is kept for writers
	// that had it open when it was renamed.
	partGrace = time.Minute
	// foldWait is how long to wait for another process that folds, which takes
	// some 20 ms at 100,000 results.
	foldWait = 10 * time.Second
)

// FoldIfLarge adds the journal to the totals if it is over 1 MiB, and reports
// whether it did. It takes some 20 ms at 100,000 results, once in 13,000
// events. It leaves the work to another process that is at it.
func (s *Store) FoldIfLarge() (bool, error) {
	info, err := os.Lstat(s.Path(journalName))
	if err != nil || info.Size() <= foldAt {
		return false, nil
	}
	err = s.update(0, nil)
	if errors.Is(err, ErrBusy) {
		return false, nil
	}
	return err == nil, err
}

// update folds the journal into the totals, lets change alter them, and
// replaces the file. One process does so at a time; others wait, up to wait,
// and get [ErrBusy].
//
// update renames the journal, reads it, and records in the new totals how far it
// read. So a process that is killed in between loses nothing and counts nothing
// twice. A writer that opened the journal before the rename may still append to
// it; those records count at the next fold. The renamed part is removed when no
// such writer can be left.
func (s *Store) update(wait time.Duration, change func(*totals)) error {
	unlock, err := s.lockMutex(totalsMutex, exclusive, wait)
	if err != nil {
		return err
	}
	defer unlock()
	now := s.now().UnixNano()
	t, err := s.loadTotals()
	anew := errors.Is(err, fs.ErrNotExist) || errors.Is(err, errTotalsDamaged)
	if anew {
		t, err = newTotals(), nil
	}
	if err != nil {
		return fmt.Errorf("fold journal: %w", err)
	}
	part := fmt.Sprintf("%s%016x-%016x", journalPrefix, uint64(now), rand.Uint64())
	if err := os.Rename(s.Path(journalName), s.Path(part)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("fold journal: %w", err)
	}
	parts := s.openParts()
	defer parts.close()
	t.folded = parts.read(t.folded, func(e *Event) { t.add(e, now) })
	if anew {
		_ = s.recount(t) // what can't be read is not counted
	}
	if change != nil {
		change(t)
	}
	t.trim()
	s.label(t.commands.sorted(), maxLabelled)
	if err := s.saveTotals(t); err != nil {
		return err
	}
	parts.close()
	for name := range t.folded {
		if isOver(name, now) {
			_ = os.Remove(s.Path(name)) // the next fold will do it
		}
	}
	return nil
}

// isOver reports whether no process writes to a part of the journal any more.
func isOver(part string, now int64) bool {
	var renamed uint64
	_, err := fmt.Sscanf(part, journalPrefix+"%16x-", &renamed)
	age := time.Duration(now - int64(renamed))
	return err != nil || age > partGrace || age < -partGrace
}

func (s *Store) saveTotals(t *totals) error {
	b, err := t.encode()
	if err != nil {
		return err
	}
	if err := s.inDir(s.dir, func() error { return writeWhole(s.Path(totalsName), b) }); err != nil {
		return fmt.Errorf("write totals: %w", err)
	}
	return nil
}

// journalParts are the open files of journals.
type journalParts []*os.File

// openParts opens the journals that were renamed to be folded, oldest first,
// and others by name. It skips parts that can't be opened.
func (s *Store) openParts(others ...string) journalParts {
	var names []string
	_ = s.eachName(s.dir, func(name string) bool {
		if strings.HasPrefix(name, journalPrefix) {
			names = append(names, name)
		}
		return true
	})
	slices.Sort(names)
	names = append(names, others...)
	var parts journalParts
	for _, name := range names {
		if f, _, err := openPlain(s.Path(name), os.O_RDONLY); err == nil {
			parts = append(parts, f)
		}
	}
	return parts
}

// read calls yield with the events of all parts. It skips the first bytes of each
// part, as many as from says, and returns how many bytes of each it has read.
func (p journalParts) read(from map[string]int64, yield func(*Event)) map[string]int64 {
	read := map[string]int64{}
	for _, f := range p {
		name := filepath.Base(f.Name())
		_, err := f.Seek(from[name], io.SeekStart)
		if err != nil {
			continue
		}
		// A part that can't be read to its end counts as far as it was read.
		n, _ := readJournal(f, func(e Event) { yield(&e) })
		read[name] = from[name] + n
	}
	return read
}

func (p journalParts) close() {
	for _, f := range p {
		f.Close()
	}
}
