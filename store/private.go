package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A ForeignError reports a directory of another user. memo creates nothing in
// it: a user can't remove what root creates in the user's home.
type ForeignError struct{ Dir string }

func (e *ForeignError) Error() string { return fmt.Sprintf("%q belongs to another user", e.Dir) }

// MakeDirs creates a directory and its missing parents, all of mode 0700
// whatever the umask. The error is a [*ForeignError], and nothing is created, if
// the directory or its nearest existing parent belongs to another user.
// Directories of root, and shared ones such as /tmp, are not foreign.
func MakeDirs(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := MakeDirs(filepath.Dir(dir)); err != nil {
			return err
		}
		if err = MakeDir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		info, err = os.Stat(dir)
	}
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	case !mayMakeIn(info, os.Geteuid()):
		return &ForeignError{dir}
	}
	return nil
}

// makeable returns an error if owners, permissions or the kind of the file
// system forbid creating dir, which does not exist.
func makeable(dir string) error {
	for at := filepath.Dir(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(at) != at {
			continue
		}
		switch {
		case err != nil:
		case !info.IsDir():
			err = syscall.ENOTDIR
		case !mayMakeIn(info, os.Geteuid()):
			err = &ForeignError{at}
		case fingerprint.Pseudo(at):
			err = fmt.Errorf("nothing can be kept in %q", at)
		default:
			err = writable(at)
		}
		return err
	}
}

// MakeDir creates a directory of mode 0700 whatever the umask.
func MakeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		_ = os.Chmod(dir, 0o700) // some file systems have no modes
	}
	return err
}

// KeepPrivate restores the bits of mode 0600 that the umask removed when f was
// created. It is best effort: some file systems have no modes.
func KeepPrivate(f *os.File) {
	if info, err := f.Stat(); err == nil && lacksBits(info) {
		_ = f.Chmod(info.Mode().Perm() | 0o600)
	}
}

// Mend restores the mode bits that memo needs of a directory or file of this
// user, and reports whether any were missing: an older memo lost them to the
// umask, or a process died before it set them. Mend leaves a directory of mode
// 0500 and the files in it alone: with that mode an owner makes a store
// read-only.
func Mend(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || foreign(info) {
		return false
	}
	perm := info.Mode().Perm()
	switch {
	case info.IsDir() && lacksBits(info):
		return os.Chmod(path, perm|0o700) == nil
	case info.Mode().IsRegular() && lacksBits(info) && writable(filepath.Dir(path)) == nil:
		return os.Chmod(path, perm|0o600) == nil
	}
	return false
}

// lacksBits reports whether the mode of a directory or file keeps its owner from
// using it.
func lacksBits(info fs.FileInfo) bool {
	need := fs.FileMode(0o600)
	if info.IsDir() {
		need = 0o500
	}
	return info.Mode().Perm()&need != need
}

// mendWay mends the directories from the format directory down to dir, and
// reports whether any bits were missing.
func (s *Store) mendWay(dir string) (mended bool) {
	for _, at := range s.way(dir) {
		mended = Mend(at) || mended
	}
	return mended
}
