package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// clearAway removes what stands at a path of the store's own and is not of the
// type that belongs there (0 for a file): a directory in the place of a file, a
// symlink in that of either. It reports whether the place is free for that.
func clearAway(path string, belongs fs.FileMode) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().Type() != belongs && os.RemoveAll(path) == nil
}

// clearWay removes what is no directory on the way from the format directory
// to one below it, and reports whether there was something.
func (s *Store) clearWay(dir string) bool {
	cleared := false
	for _, at := range s.way(dir) {
		cleared = clearAway(at, fs.ModeDir) || cleared
	}
	return cleared
}

// way returns the directories below the format directory that lead to dir, with
// dir itself.
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

// openOwn opens a file of the store's own, and once more after clearing away
// what stood in its place. It never follows a symlink or waits for a FIFO.
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

// openPlain opens a file of the store's own and returns its size. Something
// else in its place is cleared away, and then there is none.
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

// ReadOwn reads a regular file of one's own of at most limit bytes. It never
// follows a symlink or waits for a FIFO: those, and files that are larger or
// belong to another user, are a [*CorruptError].
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
