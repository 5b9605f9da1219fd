package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Subdirectories of the format directory.
const (
	resultsDir = "results" // results/<3 hex>/<result>
	locksDir   = "locks"   // locks/<key>
	refreshDir = "refresh" // state of detached refreshes
)

// tmpPrefix begins the names of files that are being written. Their writers
// hold a kernel lock on them, so that Store.sweep can tell the leftovers.
const tmpPrefix = ".tmp-"

// The signature is fixed by https://bford.info/cachedir/.
const cacheDirTag = `Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by memo.
# For information about cache directory tags see https://bford.info/cachedir/
`

const readme = `This directory belongs to memo, which remembers what commands printed.

Everything in it can be made again: it is safe to delete, as a whole or in
part, at any time. It contains the output of your commands; keep it private.
`

// layDown creates what is missing of the store. Any number of processes may
// do so at once. The format directory comes after the labels, so where it exists
// they were written; what lies in it is made again whenever it is missing.
func (s *Store) layDown() error {
	created, err := makeRoot(s.root)
	if err != nil {
		return err
	}
	if _, err := checkDir(s.root); err != nil {
		return err
	}
	// A directory that already holds other things is not ours to tag: backup
	// programs would skip them.
	ours := created || marked(s.root) || holdsOnly(s.root, "CACHEDIR.TAG", "README", formatDir)
	if ours {
		if err := label(s.root); err != nil {
			return err
		}
	}
	for _, dir := range []string{s.dir, s.Path(resultsDir), s.Path(locksDir), s.Path(refreshDir)} {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("create store %q: %w", dir, bare(err))
		}
	}
	if !ours {
		return label(s.dir)
	}
	return nil
}

// makeRoot creates dir and its parents and reports whether it was missing.
// A umask that takes away more than group and others can't do harm.
func makeRoot(dir string) (created bool, err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return false, fmt.Errorf("create store %q: %w", dir, bare(err))
	}
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		os.Chmod(dir, 0o700) // best effort: the umask may have cut it
		return true, nil
	case errors.Is(err, fs.ErrExist):
		return false, nil
	default:
		return false, fmt.Errorf("create store %q: %w", dir, bare(err))
	}
}

// holdsOnly reports whether dir has no entry but the named ones and files
// that are being written.
func holdsOnly(dir string, names ...string) bool {
	d, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer d.Close()
	entries, err := d.Readdirnames(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	for _, e := range entries {
		known := len(e) > len(tmpPrefix) && e[:len(tmpPrefix)] == tmpPrefix
		for _, n := range names {
			known = known || e == n
		}
		if !known {
			return false
		}
	}
	return true
}

// label puts the cache directory tag and the README into dir.
func label(dir string) error {
	for name, text := range map[string]string{"CACHEDIR.TAG": cacheDirTag, "README": readme} {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := writeWhole(path, []byte(text)); err != nil {
			return fmt.Errorf("create store %q: %w", path, bare(err))
		}
	}
	return nil
}

// writeWhole puts a file in place atomically: readers see the old content or
// all of the new one. It does not sync; a crash may leave a short file.
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

// createTemp creates and locks a file with a new temporary name in dir. The
// lock is best effort: where there are none, only age tells a leftover.
func createTemp(dir string) (*os.File, error) {
	for {
		name := filepath.Join(dir, fmt.Sprintf("%s%016x", tmpPrefix, rand.Uint64()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|openNoFollow, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		_ = flock(f, lockExclusive)
		return f, nil
	}
}

// makeDir creates a directory below the format directory, and all of the
// store where that is gone.
func (s *Store) makeDir(dir string) error {
	if s.existing {
		return fmt.Errorf("create %q: %w", dir, fs.ErrNotExist)
	}
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.layDown(); err == nil {
			err = os.Mkdir(dir, 0o700)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// inDir calls do, which creates something in dir, and once more after making
// dir if that was missing or something else was in its place.
func (s *Store) inDir(dir string, do func() error) error {
	err := do()
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.makeDir(dir); err == nil {
			err = do()
		}
	}
	if err != nil && s.clearWay(dir) {
		if err = s.makeDir(dir); err == nil {
			err = do()
		}
	}
	return err
}
