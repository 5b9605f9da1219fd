package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// clearAway removes an entry of the wrong type from a path of the store, such
// as a directory where a file belongs, or a symlink. belongs is the right type,
// 0 for a regular file. It reports whether it removed the entry.
func clearAway(path string, belongs fs.FileMode) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().Type() != belongs && os.RemoveAll(path) == nil
}

// clearWay removes everything that is not a directory on the path from the
// format directory to dir. It reports whether it removed anything.
func (s *Store) clearWay(dir string) bool {
	cleared := false
	for _, at := range s.way(dir) {
		cleared = clearAway(at, fs.ModeDir) || cleared
	}
	return cleared
}

// way returns the directories below the format directory that lead to dir,
// including dir.
func (s *Store) way(dir string) []string {
	rel, err := filepath.Rel(s.dir, dir)
	if err != nil || rel == "." {
		return nil
	}
	var way []string
	at := s.dir
	for _, name := range strings.Split(rel, string(filepath.Separator)) {
		at = filepath.Join(at, name)
		way = append(way, at)
	}
	return way
}

// openOwn opens a file of the store. If that fails, it removes an entry of the
// wrong type, or restores the permissions, and tries once more. It never follows
// a symlink or blocks on a FIFO.
func openOwn(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag|openNoFollow, 0o600)
	if err != nil && (clearAway(path, 0) || errors.Is(err, fs.ErrPermission) && Mend(path)) {
		f, err = os.OpenFile(path, flag|openNoFollow, 0o600)
	}
	if err == nil && flag&os.O_CREATE != 0 {
		KeepPrivate(f)
	}
	return f, err
}

// openPlain opens a regular file of the store and returns its size. It removes
// an entry of another type and returns [fs.ErrNotExist].
func openPlain(path string, flag int) (*os.File, int64, error) {
	f, err := openOwn(path, flag)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		clearAway(path, 0)
		err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// ReadOwn reads a regular file of this user of at most limit bytes. The error
// is a [*CorruptError] for any other type, a larger file or a file of another
// user. It never follows a symlink or blocks on a FIFO.
func ReadOwn(path string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || foreign(info) || info.Size() > limit {
		return nil, &CorruptError{path, "not a file of memo's"}
	}
	data := make([]byte, info.Size())
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, fmt.Errorf("read %q: %w", path, bare(err))
	}
	return data, nil
}
