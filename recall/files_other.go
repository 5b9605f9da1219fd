//go:build !unix

package recall

import "os"

// programPath returns a path whose stat is that of the program that runs.
func programPath() (string, error) { return os.Executable() }
