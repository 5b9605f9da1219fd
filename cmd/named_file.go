package cmd

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/seed-f39940ff/memo/internal/process"
)

// writeNamed writes text to a path that the user named; "-" is stdout. A
// regular file is replaced as a whole, and made if it is not there. Anything
// else, such as a device, a FIFO or a descriptor, is appended to and not waited
// for.
func (a *app) writeNamed(path string, text []byte) error {
	if path == "-" {
		return writeStream(a.stdout, text)
	}
	path, isDescriptor, err := followed(a.world.Abs(path))
	if err != nil {
		return err
	}
	if isDescriptor {
		return a.writeDescriptor(path, text)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return writeWithin(path, os.O_APPEND, text)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	err = replaceFile(path, info, text)
	if isIrreplaceable(err) {
		return writeWithin(path, os.O_CREATE|os.O_TRUNC, text)
	}
	return err
}

// isIrreplaceable reports whether a file could not be replaced because its
// directory takes no new file, or because it is a mount of its own.
func isIrreplaceable(err error) bool {
	reasons := []error{syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.EBUSY, syscall.EXDEV}
	return slices.ContainsFunc(reasons, func(reason error) bool { return errors.Is(err, reason) })
}

// writeStream writes to stdout or stderr. If its reader has left, that is an
// error and not the end of this process, whose exit code is that of the command.
func writeStream(w io.Writer, text []byte) error {
	if f, ok := w.(*os.File); ok {
		return writeWaiting(process.Descriptor(f), text)
	}
	_, err := w.Write(text)
	return err
}

// followed returns the path that symlinks lead to. They are followed no further
// than to the name of a descriptor: behind it the name of the open file would
// stand, which is another thing to write to.
func followed(path string) (target string, isDescriptor bool, err error) {
	const most = 40 // as on Linux
	for range most {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", false, err
		}
		path = filepath.Join(dir, filepath.Base(path))
		if dir == "/dev/fd" || strings.HasPrefix(dir, "/proc/") && strings.HasSuffix(dir, "/fd") {
			return path, true, nil
		}
		link, err := os.Readlink(path)
		switch {
		case err != nil: // it is none, or not there
			return path, false, nil
		case filepath.IsAbs(link):
			path = link
		default:
			path = filepath.Join(dir, link)
		}
	}
	return "", false, &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}

// writeDescriptor writes to a descriptor by its path. One of this process is
// used as it is, so that the position in its file moves on.
func (a *app) writeDescriptor(path string, text []byte) error {
	fd, err := strconv.Atoi(filepath.Base(path))
	dir := filepath.Dir(path)
	own := dir == "/dev/fd" || strings.HasPrefix(dir+"/", fmt.Sprintf("/proc/%d/", os.Getpid()))
	switch {
	case err != nil || !own:
		return writeWithin(path, os.O_APPEND, text)
	case fd == 1:
		return writeStream(a.stdout, text)
	case fd == 2:
		return writeStream(a.stderr, text)
	case !isInherited(fd):
		return syscall.EBADF // one that memo opened for itself
	}
	return writeNow(fd, text)
}

// writeWithin writes to a file at its place, which is opened with a flag.
func writeWithin(path string, flag int, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK|noTerminal|flag, 0o666)
	if errors.Is(err, syscall.ENXIO) {
		return errors.New("no process reads it")
	}
	if err != nil {
		return err
	}
	err = writeNow(int(f.Fd()), text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// replaceFile writes a file beside path, with the mode of the one that is there
// (nil: none), and renames it. Nothing is synced: after a crash of the machine a
// report is worth nothing.
func replaceFile(path string, old fs.FileInfo, text []byte) error {
	tmp := filepath.Join(filepath.Dir(path), ".memo-"+rand.Text())
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if old != nil {
		err = f.Chmod(old.Mode().Perm())
	}
	if err == nil {
		_, err = bytes.NewReader(text).WriteTo(f)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		_ = os.Remove(tmp) // it may not be there
	}
	return err
}
