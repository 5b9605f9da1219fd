//go:build unix

package config

import (
	"os"

	"golang.org/x/sys/unix"
)

// isForeign reports whether a file belongs to another user than this one and
// root. A change of owner changes the stat by which a file is known, so this
// needs no account of its own.
func isForeign(path string) bool {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return true
	}
	return st.Uid != 0 && int(st.Uid) != os.Geteuid()
}
