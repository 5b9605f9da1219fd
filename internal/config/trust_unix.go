//go:build unix

package config

import (
	"os"

	"golang.org/x/sys/unix"
)

// isForeign reports whether a file belongs to a user other than this one and
// root. Recall need not record the owner, because a change of owner changes the
// stat of the file.
func isForeign(path string) bool {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return true
	}
	return st.Uid != 0 && int(st.Uid) != os.Geteuid()
}
