//go:build unix

package fingerprint

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// statPath returns the stat of path. It follows symlinks if follow is set. The
// error is the bare errno.
func statPath(path string, follow bool) (Stat, error) {
	var st unix.Stat_t
	for {
		var err error
		if follow {
			err = unix.Stat(path, &st)
		} else {
			err = unix.Lstat(path, &st)
		}
		if err == nil {
			return statOf(&st), nil
		}
		if err != unix.EINTR {
			return Stat{}, err
		}
	}
}

func statOf(st *unix.Stat_t) Stat {
	return Stat{
		Dev:   uint64(st.Dev),
		Ino:   uint64(st.Ino),
		Mode:  uint32(st.Mode),
		Size:  int64(st.Size),
		Mtime: nanoseconds(int64(st.Mtim.Sec), int64(st.Mtim.Nsec)),
		Ctime: nanoseconds(int64(st.Ctim.Sec), int64(st.Ctim.Nsec)),
	}
}

// isAbsent reports whether err says that a path does not exist, possibly
// because a parent is not a directory.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR)
}

// isReplaced reports whether err means that a file of another type replaced the
// path since its stat: ELOOP for a new symlink, ENXIO for a socket, EINVAL for
// a path that is no longer a symlink.
func isReplaced(err error) bool {
	return isAbsent(err) || errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENXIO) || errors.Is(err, unix.EINVAL)
}

// A file is a file opened for reading. It is a bare descriptor because package
// os stats every file that it opens, which costs a quarter of the time of
// hashing a small file.
type file struct{ fd int }

// openFile opens path for reading. It never waits for a FIFO's writer, never
// makes a terminal the controlling one, and fails on a symlink unless follow
// is set.
func openFile(path string, follow bool) (file, error) {
	flags := unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY
	if !follow {
		flags |= unix.O_NOFOLLOW
	}
	for {
		fd, err := unix.Open(path, flags, 0)
		if err != unix.EINTR {
			return file{fd}, err
		}
	}
}

// stat returns the stat of the open file.
func (f file) stat() (Stat, error) { return statFd(f.fd) }

func statFd(fd int) (Stat, error) {
	var st unix.Stat_t
	for {
		err := unix.Fstat(fd, &st)
		if err == nil {
			return statOf(&st), nil
		}
		if err != unix.EINTR {
			return Stat{}, err
		}
	}
}

// Read implements [io.Reader].
func (f file) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(f.fd, p)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// openNonblock is added to the flags of an open, so that a FIFO does not block.
const openNonblock = unix.O_NONBLOCK | unix.O_NOCTTY

// statFile returns the stat of an open file.
func statFile(f *os.File) (Stat, error) { return statFd(int(f.Fd())) }

func (f file) close() { unix.Close(f.fd) }

// listDir returns the up to most entries of a directory in any order, and its
// stat before and after; see [readEntries].
func listDir(path string, most int) (before, after Stat, entries []fs.DirEntry, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		return before, after, nil, bareError(err)
	}
	defer f.Close()
	if before, err = statFile(f); err != nil {
		return before, after, nil, err
	}
	if entries, err = readEntries(f, most); err != nil {
		return before, after, nil, bareError(err)
	}
	after, err = statFile(f)
	return before, after, entries, err
}

// mayExecute reports whether the process may execute path.
func mayExecute(path string) error {
	for {
		err := unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS)
		if err != unix.EINTR {
			return err
		}
	}
}
