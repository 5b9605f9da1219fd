//go:build darwin || freebsd

package fingerprint

import (
	"strings"

	"golang.org/x/sys/unix"
)

// statfs returns the kind of path's file system. It follows symlinks.
func statfs(path string) (fsKind, error) {
	var st unix.Statfs_t
	for {
		err := unix.Statfs(path, &st)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return 0, err
		}
	}
	name := unix.ByteSliceToString(st.Fstypename[:])
	switch {
	case strings.HasSuffix(name, "procfs"): // procfs, linprocfs
		return fsPseudo, nil
	case st.Flags&unix.MNT_LOCAL == 0, strings.Contains(name, "fuse"): // macfuse, osxfuse, fusefs
		return fsRemote, nil
	}
	return fsLocal, nil
}
