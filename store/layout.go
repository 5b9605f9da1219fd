package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Labels, in the root or in the format directory.
const (
	tagName    = "CACHEDIR.TAG"
	readmeName = "README"
)

// Subdirectories of the format directory.
const (
	resultsDir = "results" // results/<3 hex>/<result>
	locksDir   = "locks"   // locks/<key>
	refreshDir = "refresh" // state of detached refreshes
)

// The name of a temporary file is tmpPrefix and tmpDigits hexadecimal digits.
// Its writer holds a kernel lock on it, by which Store.sweep tells it from a
// leftover.
const (
	tmpPrefix = ".tmp-"
	tmpDigits = 16
)

// The signature is fixed by https://bford.info/cachedir/.
const cacheDirTag = `Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by memo.
# For information about cache directory tags see https://bford.info/cachedir/
`

const readme = `This directory belongs to memo, which remembers what commands printed.

Everything in it can be made again: it is safe to delete, as a whole or in
part, at any time. It contains the output of your commands; keep it private.
`

// layDown creates the missing parts of the store. Any number of processes may
// call it at once. It labels the root, creates the format directory, labels
// that, and then creates its contents.
func (s *Store) layDown() error {
	created, err := makeRoot(s.root)
	if err != nil {
		return err
	}
	if _, err := checkDir(s.root); err != nil {
		return err
	}
	// A directory with other files in it gets no tag: backup programs would
	// skip those files. The second look at the tag is for another process that
	// labels the directory at the same time.
	ours := created || marked(s.root) || isUnused(s.root) || marked(s.root)
	if ours {
		if err := label(s.root); err != nil {
			return err
		}
	}
	err = MakeDir(s.dir)
	if err == nil && !ours {
		err = label(s.dir)
	} else if errors.Is(err, fs.ErrExist) {
		err = s.claim()
	}
	if err != nil {
		return inCreate(s.dir, err)
	}
	for _, dir := range []string{s.Path(resultsDir), s.Path(locksDir), s.Path(refreshDir)} {
		if err := MakeDir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
			return inCreate(dir, err)
		}
	}
	return nil
}

// makeRoot creates dir and its parents and reports whether it was missing.
func makeRoot(dir string) (created bool, err error) {
	if _, err := os.Lstat(dir); err == nil {
		return false, nil
	}
	if err := MakeDirs(filepath.Dir(dir)); err != nil {
		return false, inCreate(dir, err)
	}
	err = MakeDir(dir)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, inCreate(dir, err)
}

// inCreate adds to an error that memo could not create path.
func inCreate(path string, err error) error {
	var foreign *ForeignError
	var refused *RefusedError
	switch {
	case err == nil, errors.As(err, &refused):
		return err
	case errors.As(err, &foreign):
		return &RefusedError{path, foreign.Error(), "set MEMO_CACHE_DIR to a directory of your own"}
	}
	return fmt.Errorf("create store %q: %w", path, bare(err))
}

// label writes the cache directory tag and the README into dir. The tag comes
// first because memo recognizes its directories by it.
func label(dir string) error {
	for _, l := range []struct{ name, text string }{{tagName, cacheDirTag}, {readmeName, readme}} {
		path := filepath.Join(dir, l.name)
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := writeWhole(path, []byte(l.text)); err != nil {
			return inCreate(path, err)
		}
	}
	return nil
}

// writeWhole writes a file atomically: readers see the whole old content or the
// whole new one. It does not sync; a crash may leave a short file.
func writeWhole(path string, data []byte) error {
	tmp, err := createTemp(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// createTemp creates and locks a temporary file in dir. The lock is best effort:
// on a file system without locks, sweeps go by age.
func createTemp(dir string) (*os.File, error) {
	for {
		name := filepath.Join(dir, fmt.Sprintf("%s%0*x", tmpPrefix, tmpDigits, rand.Uint64()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|openNoFollow, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		KeepPrivate(f)
		_ = flock(f, lockExclusive)
		return f, nil
	}
}

// makeDir creates a directory below the format directory, and the store itself
// if it is missing.
func (s *Store) makeDir(dir string) error {
	if s.existing {
		return fmt.Errorf("create %q: %w", dir, fs.ErrNotExist)
	}
	err := MakeDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.layDown(); err == nil {
			err = MakeDir(dir)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// inDir calls do, which creates a file in dir. If dir is missing, unusable or
// not a directory, inDir repairs that and calls do once more.
func (s *Store) inDir(dir string, do func() error) error {
	err := do()
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.makeDir(dir); err == nil {
			err = do()
		}
	}
	if errors.Is(err, fs.ErrPermission) && s.mendWay(dir) {
		err = do()
	}
	if err != nil && s.clearWay(dir) {
		if err = s.makeDir(dir); err == nil {
			err = do()
		}
	}
	return err
}
