package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// formatDir is the directory of this format version below the root. Every change
// of the format on disk gets a new directory, so that versions of memo with
// different formats can share a root.
const formatDir = "v2"

// A Store is a directory of results. It is safe for concurrent use, and any
// number of processes may use the directory at once. The directory, or any part
// of it, may be deleted at any time: reads then find nothing, and writes create
// it again.
type Store struct {
	root     string // absolute
	dir      string // root/v2
	existing bool
	ids      []fingerprint.Stat
	now      func() time.Time
	ending   func(Ref, Reason) // see Watched; may be nil
}

// Options are the options of [Open]. The zero value is right for a run.
type Options struct {
	// Existing opens an existing store and creates nothing. A missing directory
	// acts as an empty, read-only store.
	Existing bool
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// A RefusedError reports a cache directory that memo refuses to use: other users
// could have put results there, or it contains files that memo did not create.
type RefusedError struct {
	Path   string
	Reason string
	Fix    string // what to type, or what to do
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("open store %q: %s; %s", e.Path, e.Reason, e.Fix)
}

// Open opens the store in the cache directory dir and creates it if it is
// missing. The error is a [*RefusedError] if the directory can't be trusted, does
// not belong to memo, or lies below a directory of another user. Open mends a
// directory of this user that can't be entered. Opening a complete store costs
// two stats and a read of its tag.
func Open(dir string, o Options) (*Store, error) {
	if dir == "" {
		return nil, errors.New("open store: no cache directory")
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store %q: %w", dir, err)
	}
	s := &Store{root: root, dir: filepath.Join(root, formatDir), existing: o.Existing, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	err = s.inspect()
	if errors.Is(err, fs.ErrNotExist) && !s.existing {
		if err = s.layDown(); err == nil {
			err = s.inspect()
		}
	}
	switch {
	case err == nil:
		err = s.claim()
	case s.existing && errors.Is(err, fs.ErrNotExist):
		err = inCreate(s.root, makeable(s.dir))
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// inspect checks the root and the format directory and records their ids. Only
// users who can write to them can alter anything below.
func (s *Store) inspect() error {
	s.ids = s.ids[:0]
	for _, dir := range []string{s.root, s.dir} {
		info, err := checkDir(dir)
		if err != nil {
			return err
		}
		if id, ok := fileID(info); ok {
			s.ids = append(s.ids, id)
		}
	}
	return nil
}

// checkDir refuses a directory that another user owns or can write to, and
// anything but a directory. It follows symlinks of this user only.
func checkDir(dir string) (fs.FileInfo, error) {
	info, err := os.Lstat(dir)
	if err == nil && info.Mode().Type() == fs.ModeSymlink {
		if foreign(info) {
			return nil, &RefusedError{dir, "is a symlink of another user", "remove it, or set MEMO_CACHE_DIR to another directory"}
		}
		info, err = os.Stat(dir)
	}
	if err == nil && lacksBits(info) && Mend(dir) {
		info, err = os.Stat(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %q: %w", dir, bare(err))
	}
	switch {
	case !info.IsDir():
		return nil, &RefusedError{dir, "is not a directory", "remove it, or set MEMO_CACHE_DIR to another directory"}
	case foreign(info):
		return nil, &RefusedError{dir, "belongs to another user", "set MEMO_CACHE_DIR to a directory of your own"}
	case exposed(info) && info.Mode()&fs.ModeSticky != 0:
		return nil, &RefusedError{dir, "is a shared directory", "set MEMO_CACHE_DIR to a directory of your own"}
	case exposed(info):
		return nil, &RefusedError{dir, "is writable by group or others", fmt.Sprintf("run: chmod go-w %q", dir)}
	}
	return info, nil
}

// Root returns the absolute path of the cache directory.
func (s *Store) Root() string { return s.root }

// Writable returns an error if permissions forbid adding to the store.
func (s *Store) Writable() error {
	if err := writable(s.dir); err != nil {
		return &fs.PathError{Op: "write", Path: s.dir, Err: err}
	}
	return nil
}

// Unwritable reports whether err means that the store can't be written: it is
// read-only or full, or permission is denied.
func Unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || Full(err)
}

// Full reports whether err means that no space is left.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// IDs returns the device and inode numbers of the store's directories, by which
// a walk over dependencies recognizes them. It is empty if they don't exist or
// the platform has no such numbers.
func (s *Store) IDs() []fingerprint.Stat { return s.ids }

// Path returns the path of a file or directory below the format directory.
func (s *Store) Path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// bare strips the operation and the path that package os adds to an error, for
// messages that already contain both. errors.Is works on the result.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}
