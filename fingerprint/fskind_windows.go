package fingerprint

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// statfs returns the kind of path's file system.
func statfs(path string) (fsKind, error) {
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(path) + `\`)
	if err != nil {
		return 0, err
	}
	switch windows.GetDriveType(root) {
	case windows.DRIVE_FIXED, windows.DRIVE_REMOVABLE, windows.DRIVE_CDROM, windows.DRIVE_RAMDISK:
		return fsLocal, nil
	}
	return fsRemote, nil
}
