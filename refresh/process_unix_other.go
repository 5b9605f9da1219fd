//go:build unix && !linux

package refresh

import "os"

func closeInherited() { closeEach("/dev/fd") }

func executable() (string, error) { return os.Executable() }
