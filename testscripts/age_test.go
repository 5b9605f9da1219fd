//go:build unix

package testscripts

import (
	"os"
	"path/filepath"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// ageMain waits until the stats of all that the script has written so far are
// trusted: they are no younger than those of a file that is written now, and
// of that it asks memo's own rule. The file lies beside $WORK, in which a
// script may watch the directories.
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
