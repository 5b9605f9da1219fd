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

// formatDir is the directory of this format version below the root. Versions
// of memo with different formats live side by side in one root; whatever
// changes the meaning of a byte on disk gets a new one.
const formatDir = "v2"

// A Store is a directory of results. Its methods may be called from several
// goroutines, and any number of processes may use the directory at once. The
// directory, or any part of it, may be deleted at any time: reading finds
// nothing then, and writing makes it again.
type Store struct {
	root     string // absolute
	dir      string // root/v2
	existing bool
	ids      []fingerprint.Stat
	now      func() time.Time
	ending   func(Ref, Reason) // see Watched; may be nil
}

// Options are the choices of [Open]. The zero value is what a run wants.
type Options struct {
	// Existing opens what is there and creates nothing. A directory that does
	// not exist acts as an empty store to which nothing can be added.
	Existing bool
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// A RefusedError reports a cache directory that memo does not use: others could
// have put results there, or what lies there is not memo's.
type RefusedError struct {
	Path   string
	Reason string
	Fix    string // what to type, or what to do
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("open store %q: %s; %s", e.Path, e.Reason, e.Fix)
}

// Open opens the store in the cache directory dir and lays it down first if
// it is not there. The error is a [*RefusedError] if the directory can't be
// trusted, is not memo's, or lies below one of another user. A directory of
// one's own that can't be entered is mended. Opening a complete store costs two
// stats and the reading of its tag.
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

// inspect checks the root and the format directory and remembers what they
// are. What lies below is as safe as they are.
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
// whatever is no directory. It follows symlinks, of which the same is asked.
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

// Writable returns why nothing can be added to the store, nil if it can as far
// as permissions tell.
func (s *Store) Writable() error {
	if err := writable(s.dir); err != nil {
		return &fs.PathError{Op: "write", Path: s.dir, Err: err}
	}
	return nil
}

// Unwritable reports whether an error says that nothing can be added to the
// store: read-only, full, no permission.
func Unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || Full(err)
}

// Full reports whether an error says that there is no more space.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// IDs returns the device and inode numbers of the directories of the store,
// by which a walk over dependencies knows them. It is empty if they don't
// exist or the platform has no such numbers.
func (s *Store) IDs() []fingerprint.Stat { return s.ids }

// Path returns the path of a file or directory below the format directory.
func (s *Store) Path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// bare strips the operation and the path that package os adds, for messages
// that name both already. errors.Is works as before.
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
