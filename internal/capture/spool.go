package capture

import (
	"os"

	"github.com/seed-f39940ff/memo/store"
)

// SpoolFile creates a private temporary file without a name.
func SpoolFile() (*os.File, error) {
	f, err := os.CreateTemp("", "memo-spool-")
	if err == nil {
		store.KeepPrivate(f)    // the file may keep its name for a while
		_ = os.Remove(f.Name()) // if an open file can't be removed, CloseSpool does it
	}
	return f, err
}

// CloseSpool closes a spool file and removes it if it still has a name.
func CloseSpool(f *os.File) {
	f.Close()
	_ = os.Remove(f.Name()) // fails if SpoolFile has removed it
}
