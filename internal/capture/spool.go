package capture

import (
	"os"

	"github.com/seed-f39940ff/memo/store"
)

// SpoolFile creates a private temporary file without a name.
func SpoolFile() (*os.File, error) {
	f, err := os.CreateTemp("", "memo-spool-")
	if err == nil {
		store.KeepPrivate(f)    // it may keep its name for a while
		_ = os.Remove(f.Name()) // where that can't be done yet, close does it
	}
	return f, err
}

// CloseSpool closes a spool and removes what is left of it.
func CloseSpool(f *os.File) {
	f.Close()
	_ = os.Remove(f.Name()) // gone already where an open file can be removed
}
