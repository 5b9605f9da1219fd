//go:build unix

package store

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// openNoFollow is added to the flags of every open below the root, so that no
// symlink leads out of the store and a FIFO does not block. Package os adds
// O_CLOEXEC.
const openNoFollow = unix.O_NOFOLLOW | unix.O_NONBLOCK

// renameOpen says whether a file can be renamed and unlinked while it is open.
const renameOpen = true

// fileID returns the device and inode number of a file.
func fileID(info fs.FileInfo) (fingerprint.Stat, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fingerprint.Stat{}, false
	}
	return fingerprint.Stat{Dev: uint64(st.Dev), Ino: uint64(st.Ino)}, true
}

// foreign reports whether the file belongs to another user.
func foreign(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(st.Uid) != os.Geteuid()
}

// mayMakeIn reports whether a user may create files in a directory; see
// [MakeDirs].
func mayMakeIn(info fs.FileInfo, euid int) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	shared := info.Mode()&fs.ModeSticky != 0 && info.Mode().Perm()&0o002 != 0
	return ok && (int(st.Uid) == euid || st.Uid == 0 || shared)
}

// exposed reports whether users other than the owner can write to the file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// unlinked reports whether an open file no longer has a name.
func unlinked(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink == 0
}

// writable returns an error if the permissions of dir forbid creating files in
// it.
func writable(dir string) error {
	return unix.Faccessat(unix.AT_FDCWD, dir, unix.W_OK, unix.AT_EACCESS)
}
