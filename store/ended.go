package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// endedDir holds ended results until the event handler has read them, as
// ended/<result>.
const endedDir = "ended"

// endedKept is the age at which a sweep removes files from endedDir, in case
// the process that should have removed them was killed.
const endedKept = 24 * time.Hour

// Watched returns a copy of the store that calls ending before it removes a
// valid result: one that was replaced, evicted or invalidated, or has expired.
// The file still exists, unless another process removes it at the same time;
// use [Store.SetAside] to report each result exactly once. Calls within one
// operation are sequential. The store does not call ending for damaged results.
func (s *Store) Watched(ending func(Ref, Reason)) *Store {
	watched := *s
	watched.ending = ending
	return &watched
}

// end removes a valid result.
func (s *Store) end(ref Ref, reason Reason) error {
	if s.ending != nil {
		s.ending(ref, reason)
	}
	return s.Remove(ref)
}

// SetAside removes a result as [Store.Remove] does but keeps its file, for
// [Store.OpenFile] and [Store.RemoveAside], and returns the file's path. If
// several processes set the same result aside, one succeeds, and the others get
// [fs.ErrNotExist].
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
	_ = removeBeside(from) // a sweep removes a leftover
	now := s.now()
	_ = os.Chtimes(to, now, now) // a sweep goes by the age of the file
	return to, nil
}

// RemoveAside removes the file of a result that was set aside. It is best
// effort: a sweep removes leftovers.
func (s *Store) RemoveAside(path string) {
	if filepath.Dir(path) == s.Path(endedDir) {
		_ = os.Remove(path)
	}
}

// OpenFile opens a result by its path. It does not check the key.
func (s *Store) OpenFile(path string) (*Reading, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return nil, fmt.Errorf("open result %q: %w", path, bare(err))
	}
	return s.openAt(f, 0)
}

// CreateTemp creates an empty private file in the store. The caller removes it;
// a sweep removes a file that was left behind, but not while it is open.
func (s *Store) CreateTemp() (*os.File, error) {
	var f *os.File
	err := s.inDir(s.dir, func() (err error) {
		f, err = createTemp(s.dir)
		return err
	})
	return f, err
}

// sweepEnded removes results that were set aside and never removed.
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
