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

// A ForeignError reports a directory of another user, below which memo makes
// nothing: what root makes in the home of a user is out of that user's reach.
type ForeignError struct{ Dir string }

func (e *ForeignError) Error() string { return fmt.Sprintf("%q belongs to another user", e.Dir) }

// MakeDirs makes a directory and the parents that it lacks, all of mode 0700
// whatever the umask. The error is a [*ForeignError] if the directory, or the
// nearest parent that exists, belongs to another user; then nothing was made.
// Directories of root, and shared ones such as /tmp, belong to all
// users here.
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

// makeable returns why a directory that does not exist could not be made, as far
// as owners, permissions and the kind of the file system tell.
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

// MakeDir makes a directory of mode 0700 whatever the umask.
func MakeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		_ = os.Chmod(dir, 0o700) // some file systems have no modes
	}
	return err
}

// KeepPrivate gives a file that was opened with mode 0600, and perhaps created,
// the bits that the umask has taken away. It is best effort: some file systems
// have no modes.
func KeepPrivate(f *os.File) {
	if info, err := f.Stat(); err == nil && lacksBits(info) {
		_ = f.Chmod(info.Mode().Perm() | 0o600)
	}
}

// Mend gives a directory or a file of one's own the bits without which it is of
// no use, and reports whether that was called for: an older memo lost them to
// the umask, or a process died before it could set them. A directory of mode
// 0500 stays as it is, and so do the files in it: that is how an owner makes a
// store read-only.
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

// lacksBits reports whether its mode keeps the owner from using a directory or a
// file.
func lacksBits(info fs.FileInfo) bool {
	need := fs.FileMode(0o600)
	if info.IsDir() {
		need = 0o500
	}
	return info.Mode().Perm()&need != need
}

// mendWay mends the directories from the format directory down to one below
// it, and reports whether that was called for.
func (s *Store) mendWay(dir string) (mended bool) {
	for _, at := range s.way(dir) {
		mended = Mend(at) || mended
	}
	return mended
}
