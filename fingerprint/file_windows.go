package fingerprint

import (
	"errors"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// fileBasicInfo is FILE_BASIC_INFO of the Windows API: times in 100 ns since
// 1601.
type fileBasicInfo struct {
	creation, access, write, change int64
	attributes                      uint32
	_                               uint32
}

// statPath returns the stat of path. It follows symlinks if follow is set.
func statPath(path string, follow bool) (Stat, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return Stat{}, err
	}
	flags := uint32(windows.FILE_FLAG_BACKUP_SEMANTICS)
	if !follow {
		flags |= windows.FILE_FLAG_OPEN_REPARSE_POINT
	}
	h, err := windows.CreateFile(name, windows.FILE_READ_ATTRIBUTES,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		return Stat{}, err
	}
	defer windows.CloseHandle(h)
	st, err := statHandle(h)
	if err == nil && !follow && st.Type() == TypeSymlink {
		// Not every reparse point is a link.
		if fi, err := os.Lstat(path); err == nil && fi.Mode()&fs.ModeSymlink == 0 {
			st.Mode = st.Mode&^modeType | typeBits(fi.Mode())
		}
	}
	return st, err
}

func typeBits(m fs.FileMode) uint32 {
	switch {
	case m.IsRegular():
		return modeFile
	case m.IsDir():
		return modeDir
	case m&fs.ModeSocket != 0:
		return modeSocket
	}
	return 0
}

func statHandle(h windows.Handle) (Stat, error) {
	var d windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(h, &d); err != nil {
		return Stat{}, err
	}
	st := Stat{
		Dev:   uint64(d.VolumeSerialNumber),
		Ino:   uint64(d.FileIndexHigh)<<32 | uint64(d.FileIndexLow),
		Size:  int64(d.FileSizeHigh)<<32 | int64(d.FileSizeLow),
		Mtime: d.LastWriteTime.Nanoseconds(),
	}
	switch {
	case d.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0:
		st.Mode = modeSymlink | 0o777
	case d.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0:
		st.Mode = modeDir | 0o755
	default:
		st.Mode = modeFile | 0o644
	}
	var b fileBasicInfo
	err := windows.GetFileInformationByHandleEx(h, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&b)), uint32(unsafe.Sizeof(b)))
	if err == nil && b.change != 0 {
		ft := windows.Filetime{LowDateTime: uint32(b.change), HighDateTime: uint32(b.change >> 32)}
		st.Ctime = ft.Nanoseconds()
	}
	return st, nil
}

// isAbsent reports whether err says that a path does not exist, possibly
// because a parent is not a directory.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, windows.ERROR_DIRECTORY)
}

// isReplaced reports whether err means that a file of another type replaced the
// path since its stat.
func isReplaced(err error) bool { return isAbsent(err) }

// A file is a file opened for reading.
type file struct{ f *os.File }

// openFile opens path for reading.
func openFile(path string, follow bool) (file, error) {
	f, err := os.Open(path)
	if err != nil {
		return file{}, bareError(err)
	}
	return file{f}, nil
}

// openNonblock has no counterpart on Windows.
const openNonblock = 0

// statFile returns the stat of an open file.
func statFile(f *os.File) (Stat, error) { return statHandle(windows.Handle(f.Fd())) }

// stat returns the stat of the open file.
func (f file) stat() (Stat, error) { return statFile(f.f) }

// Read implements [io.Reader].
func (f file) Read(p []byte) (int, error) { return f.f.Read(p) }

func (f file) close() { f.f.Close() }

// listDir returns the up to most entries of a directory in any order, and its
// stat before and after; see [readEntries].
func listDir(path string, most int) (before, after Stat, entries []fs.DirEntry, err error) {
	f, err := os.Open(path)
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

// mayExecute reports whether the process may execute path. On Windows the
// extension decides.
func mayExecute(string) error { return nil }
