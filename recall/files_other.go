//go:build !unix

package recall

import "os"

// programPath returns a path whose stat is that of the running program.
func programPath() (string, error) { return os.Executable() }
