package fingerprint

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// maxReadFile bounds the files that [World.ReadFile] reads. They are written by
// hand.
const maxReadFile = 16 << 20

// attempts bounds the reads of a file that changes while it is read.
const attempts = 4

// errMoved says that a file changed between two looks at it.
var errMoved = errors.New("changed while it was read")

// absentError makes ENOTDIR count as absent for errors.Is.
type absentError struct{ error }

func (absentError) Is(target error) bool { return target == fs.ErrNotExist }
func (e absentError) Unwrap() error      { return e.error }

// pathError returns err as an [fs.PathError]. It is [fs.ErrNotExist] if path
// does not exist.
func pathError(op, path string, err error) error {
	if isAbsent(err) && !errors.Is(err, fs.ErrNotExist) {
		err = absentError{err}
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// bareError returns what an [fs.PathError] wraps.
func bareError(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// Lstat returns the stat of path without following a symlink. If path does not
// exist (ENOENT or ENOTDIR), the error is [fs.ErrNotExist].
func (w *World) Lstat(path string) (Stat, error) {
	st, _, err := w.look(w.resolve(path), false, unixNano(w.now()))
	if err != nil {
		return Stat{}, pathError("lstat", path, err)
	}
	return st, nil
}

// Stat returns the stat of path and follows symlinks. If path does not exist
// (ENOENT or ENOTDIR), the error is [fs.ErrNotExist].
func (w *World) Stat(path string) (Stat, error) {
	st, _, err := w.look(w.resolve(path), true, unixNano(w.now()))
	if err != nil {
		return Stat{}, pathError("stat", path, err)
	}
	return st, nil
}

// ReadFile returns the content of a regular file and follows symlinks. Any
// other file is an error, and never blocks, except for /dev/null, which is
// empty.
func (w *World) ReadFile(path string) ([]byte, error) {
	if path == os.DevNull {
		return nil, nil
	}
	return w.readFile(path, true, maxReadFile, func(abs string) (opened, error) { return openFile(abs, true) })
}

// errOutside says that a symlink is not followed.
var errOutside = errors.New("is a symlink that leads out of its directory; put the file itself there")

// ReadBeneath is [World.ReadFile] for a file of up to limit bytes in a
// directory that may come from another person. It follows a symlink only by a
// relative path to a file in dir or below.
func (w *World) ReadBeneath(dir, name string, limit int64) ([]byte, error) {
	path := filepath.Join(dir, name)
	st, _, err := w.look(w.resolve(path), false, unixNano(w.now()))
	if err != nil {
		return nil, pathError("read", path, err)
	}
	if st.Type() != TypeSymlink {
		return w.readFile(path, false, limit, func(abs string) (opened, error) { return openFile(abs, false) })
	}
	return w.readFile(path, true, limit, func(abs string) (opened, error) { return openBeneath(filepath.Dir(abs), name) })
}

// An opened is a file opened for reading.
type opened interface {
	io.Reader
	stat() (Stat, error)
	close()
}

// A rooted is a file that was opened without leaving a directory.
type rooted struct{ *os.File }

func (f rooted) stat() (Stat, error) { return statFile(f.File) }
func (f rooted) close()              { f.Close() }

// openBeneath opens a file in a directory. It fails if a symlink leads out of
// the directory.
func openBeneath(dir, name string) (opened, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, bareError(err)
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		err = bareError(err)
		if _, isSystem := errors.AsType[syscall.Errno](err); !isSystem {
			err = errOutside
		}
		return nil, err
	}
	return rooted{f}, nil
}

// readFile reads a regular file that open opens.
func (w *World) readFile(path string, follow bool, limit int64, open func(abs string) (opened, error)) ([]byte, error) {
	abs := w.resolve(path)
	for range attempts {
		st, _, err := w.look(abs, follow, unixNano(w.now()))
		if err != nil {
			return nil, pathError("read", path, err)
		}
		if st.Type() != TypeFile {
			return nil, fmt.Errorf("read %q: is a %v, not a regular file", path, st.Type())
		}
		data, err := readWhole(st, limit, func() (opened, error) { return open(abs) })
		if err == nil {
			w.note(Consultation{Path: abs, Follow: follow, Stat: st, Access: MayRead})
			return data, nil
		}
		if err != errMoved {
			w.NeverRecall()
			return nil, pathError("read", path, err)
		}
	}
	w.NeverRecall()
	return nil, fmt.Errorf("read %q: %w", path, errMoved)
}

// readWhole returns the content of a file that open opens, or errMoved if its
// stat is not want both before and after.
func readWhole(want Stat, limit int64, open func() (opened, error)) ([]byte, error) {
	if want.Size > limit {
		return nil, fmt.Errorf("larger than %d KiB", limit>>10)
	}
	f, err := open()
	if err != nil {
		if isReplaced(err) {
			err = errMoved
		}
		return nil, err
	}
	defer f.close()
	if st, err := f.stat(); err != nil || st != want {
		return nil, cmp.Or(err, errMoved)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("larger than %d KiB", limit>>10)
	}
	if st, err := f.stat(); err != nil || st != want {
		return nil, cmp.Or(err, errMoved)
	}
	return data, nil
}

// ReadDir returns the entries of a directory, sorted by name. It records the
// directory's stat as consulted.
func (w *World) ReadDir(path string) ([]fs.DirEntry, error) {
	abs := w.resolve(path)
	for range attempts {
		st, _, err := w.look(abs, true, unixNano(w.now()))
		if err != nil {
			return nil, pathError("read", path, err)
		}
		if st.Type() != TypeDir {
			return nil, fmt.Errorf("read %q: is a %v, not a directory", path, st.Type())
		}
		entries, err := listSorted(abs, st, -1)
		if err == nil {
			return entries, nil
		}
		if err != errMoved {
			w.NeverRecall()
			return nil, pathError("read", path, err)
		}
	}
	w.NeverRecall()
	return nil, fmt.Errorf("read %q: %w", path, errMoved)
}

// readEntries returns the entries of an open directory, or errOverBudget if
// there are more than most (-1: any number).
func readEntries(f *os.File, most int) ([]fs.DirEntry, error) {
	if most < 0 {
		return f.ReadDir(-1)
	}
	entries, err := f.ReadDir(most + 1)
	switch {
	case len(entries) > most:
		return nil, errOverBudget
	case err == io.EOF:
		err = nil
	}
	return entries, err
}

// listSorted returns the sorted entries of a directory, up to most, if its stat
// is want before and after, else errMoved.
func listSorted(path string, want Stat, most int) ([]fs.DirEntry, error) {
	before, after, entries, err := listDir(path, most)
	if err != nil {
		if isReplaced(err) {
			err = errMoved
		}
		return nil, err
	}
	if before != want || after != want {
		return nil, errMoved
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// look returns the stat of an absolute path and whether the stat is trusted at
// the given time (nanoseconds since the epoch, not after now). It records the
// consultation. The error is the bare errno.
func (w *World) look(path string, follow bool, at int64) (st Stat, isTrusted bool, err error) {
	st, err = statPath(path, follow)
	switch {
	case err == nil:
		kind := w.fsKind(path, st)
		isTrusted = trusted(kind, st, at)
		w.note(Consultation{Path: path, Follow: follow, Stat: st, Racy: !isTrusted || kind != fsLocal})
	case isAbsent(err):
		w.note(Consultation{Path: path, Follow: follow, Absent: true})
	default:
		w.NeverRecall()
	}
	return st, isTrusted, err
}

// mayExecute returns nil if the process may execute an absolute path, following
// symlinks. st is its stat.
func (w *World) mayExecute(path string, st Stat) error {
	c := Consultation{Path: path, Follow: true, Stat: st, Access: MayExecute}
	err := mayExecute(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		c.Access = MayNotExecute
	case err != nil:
		w.NeverRecall()
	}
	w.note(c)
	return err
}

// resolve makes a path absolute. Unlike [World.Abs] it leaves ".." to the
// kernel, which knows where symlinks lead.
func (w *World) resolve(path string) string { return resolve(w.Dir, path) }

// resolve makes a path absolute against dir.
func resolve(dir, path string) string {
	switch {
	case filepath.IsAbs(path):
		return path
	case path == "" || path == ".":
		return dir
	}
	return below(dir, path)
}

// below joins a directory and a relative path without cleaning either.
func below(dir, rel string) string {
	if dir == "" || os.IsPathSeparator(dir[len(dir)-1]) {
		return dir + rel
	}
	return dir + string(filepath.Separator) + rel
}
