package store

import (
	"errors"
	"fmt"
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
// The journal is renamed, read, and removed after the new totals, which name
// it, are in place: a process that is killed in between loses nothing and
// counts nothing twice. A writer that opened the journal before it was renamed
// is waited for only as long as the reading takes.
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
	t.folded = slices.DeleteFunc(t.folded, func(name string) bool { return !parts.has(name) })
	for range 2 { // the second time for writers that came late
		parts.read(t.folded, func(e *Event) { t.add(e, now) })
	}
	t.folded = parts.names()
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
	for _, name := range t.folded {
		_ = os.Remove(s.Path(name)) // it is in the totals by name
	}
	return nil
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
// and others by name. What can't be opened is passed over.
func (s *Store) openParts(others ...string) journalParts {
	var names []string
	_ = eachName(s.dir, func(name string) bool {
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

// read calls yield with the events from where the last read ended, of all
// parts but the named ones.
func (p journalParts) read(except []string, yield func(*Event)) {
	for _, f := range p {
		if !slices.Contains(except, filepath.Base(f.Name())) {
			// A part that can't be read to its end counts as far as it can.
			_, _ = ReadJournal(f, func(e Event) { yield(&e) })
		}
	}
}

func (p journalParts) names() []string {
	var names []string
	for _, f := range p {
		names = append(names, filepath.Base(f.Name()))
	}
	return names
}

func (p journalParts) has(name string) bool { return slices.Contains(p.names(), name) }

func (p journalParts) close() {
	for _, f := range p {
		f.Close()
	}
}
