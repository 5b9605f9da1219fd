//go:build unix

package testscripts

import (
	"os"
	"path/filepath"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// ageMain waits until memo trusts the stats of all files that the script has
// written so far. It writes a new file, which is younger than all of them, and
// waits until memo's rule trusts it. The file is outside of $WORK, where a
// script may watch directories.
func ageMain() {
	if len(os.Args) != 1 {
		die("usage: age")
	}
	dir := filepath.Dir(os.Getenv("WORK"))
	newest, err := os.CreateTemp(dir, ".age-")
	if err != nil {
		die("age: %v", err)
	}
	world := fingerprint.NewWorld(nil, dir)
	st, err := world.Lstat(newest.Name())
	newest.Close()
	os.Remove(newest.Name())
	if err != nil {
		die("age: %v", err)
	}
	if !poll(func() bool { return world.Trusted(dir, st, time.Now()) }) {
		die("age: after %v files are still too young", waitBound)
	}
}
