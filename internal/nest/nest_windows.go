package nest

import (
	"io/fs"
	"os"
)

// lockFile does nothing. A file that is open can't be removed, and the file's
// existence shows that the run is alive.
func lockFile(*os.File) error { return nil }

// isDead can't distinguish a nest that a killed process left from a live one. A
// contribution to it is lost.
func isDead(*os.File) bool { return false }

func openContext(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
}

// markIncomplete keeps the run from being stored: it truncates the file, so that
// the outer run can't read it.
func markIncomplete(f *os.File) { _ = os.Truncate(f.Name(), 0) }

func isIncomplete(fs.FileInfo) bool { return false }

// processExists reports whether there is a process with the id.
func processExists(pid int) bool {
	p, err := os.FindProcess(pid)
	if err == nil {
		_ = p.Release()
	}
	return err == nil
}
