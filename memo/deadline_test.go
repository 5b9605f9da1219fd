package memo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A lookup that is given up goes on beside the call. The race detector reports
// whether they share a value that one of them writes.
func TestLookupGivenUp(t *testing.T) {
	b := newBench(t)
	b.write("version", "1")
	ended := filepath.Join(b.dir, "ended")
	cmd := b.counted("echo out")
	cmd.VersionCmd = "test ! -e slow || { until test -e go; do sleep .01; done; touch ended; }; cat version"
	b.run(cmd, Policy{})
	b.write("slow", "")
	var out bytes.Buffer
	launched := 0
	r := &Runner{
		Store:  b.store,
		World:  fingerprint.NewWorld(os.Environ(), b.dir),
		Stdout: &out,
		Launch: func(_, lock, _ *os.File) error {
			if lock == nil {
				t.Error("launched without the lock")
			}
			launched++
			return nil
		},
	}
	cmd.Shell = true
	o, err := r.Run(&cmd, &Policy{MaxWait: 50 * time.Millisecond})
	if err != nil || o.State != StaleHit || out.String() != "out\n" || launched != 1 {
		t.Errorf("got %+v, %v, printed %q, launched %d times", o, err, out.String(), launched)
	}
	b.write("go", "")
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(ended); err == nil {
			break
		}
	}
	if b.store.Locked(o.Key) {
		t.Error("the lock is still held")
	}
}
