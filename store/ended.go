package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// endedDir is where results lie that have ended and that the event handler still wants
// to read, ended/<result>.
const endedDir = "ended"

// endedKept is how long they may lie there if the process that removes them was killed.
const endedKept = 24 * time.Hour

// Watched returns the same store with ending called before each removal of a
// sound result: because it was replaced, evicted, invalidated, or has expired.
// The file is still there, unless another process is just removing it too; see
// [Store.SetAside] for being the only one to report them. The calls of one
// operation follow one another. Damaged results go without a call.
func (s *Store) Watched(ending func(Ref, Reason)) *Store {
	watched := *s
	watched.ending = ending
	return &watched
}

// end removes a sound result.
func (s *Store) end(ref Ref, reason Reason) error {
	if s.ending != nil {
		s.ending(ref, reason)
	}
	return s.Remove(ref)
}

// SetAside takes a result away from all readers, as [Store.Remove] does, but
// keeps its file; the path returned is for [Store.OpenFile] and
// [Store.RemoveAside]. Of several processes that end one result at the same time only
// one succeeds; for the others the error is [fs.ErrNotExist].
func (s *Store) SetAside(ref Ref) (string, error) {
	from, to := s.ResultPath(ref), s.Path(endedDir, ref.Name())
	err := os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		if err = MakeDir(s.Path(endedDir)); err == nil || errors.Is(err, fs.ErrExist) {
			err = os.Rename(from, to)
		}
	}
	if err != nil {
		return "", fmt.Errorf("set result %q aside: %w", from, bare(err))
	}
	_ = os.Remove(from + hintSuffix) // a leftover is swept
	now := s.now()
	_ = os.Chtimes(to, now, now) // else it is swept early
	return to, nil
}

// RemoveAside removes the file of a result that was set aside. It is best effort:
// what is left is swept.
func (s *Store) RemoveAside(path string) {
	if filepath.Dir(path) == s.Path(endedDir) {
		_ = os.Remove(path)
	}
}

// OpenFile opens a result by its path, wherever it lies. Whose result it is is
// not checked.
func (s *Store) OpenFile(path string) (*Reading, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return nil, fmt.Errorf("open result %q: %w", path, bare(err))
	}
	return s.openAt(f, 0)
}

// CreateTemp creates an empty private file in the store, which the caller
// removes. If it doesn't come to that, Store.sweep does, but not as long as
// the file is open.
func (s *Store) CreateTemp() (*os.File, error) {
	var f *os.File
	err := s.inDir(s.dir, func() (err error) {
		f, err = createTemp(s.dir)
		return err
	})
	return f, err
}

// sweepEnded removes what was set aside and forgotten.
func (s *Store) sweepEnded(now time.Time, count func(bool, error)) error {
	return s.eachName(s.Path(endedDir), func(name string) bool {
		path := s.Path(endedDir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && before(info, now, endedKept) {
			err := os.Remove(path)
			count(err == nil, ignoreGone(err))
		}
		return true
	})
}
