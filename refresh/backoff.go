package refresh

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	// firstPause is the pause after a first failure. Each further failure
	// doubles the pause, up to longestPause.
	firstPause   = time.Second
	longestPause = 5 * time.Minute
)

// Pause returns the pause before the next refresh after a number of consecutive
// failures.
func Pause(failures int) time.Duration {
	return min(firstPause<<min(max(failures-1, 0), 16), longestPause)
}

// A Backoff is a file that counts the failed refreshes of one result. It is best
// effort: its loss costs one run.
type Backoff struct{ Path string }

// Until returns the time before which no refresh may start. It is zero if no
// failure is recorded.
func (b Backoff) Until(now time.Time) time.Time {
	_, until := b.read()
	if until.Sub(now) > longestPause { // the clock went back
		return time.Time{}
	}
	return until
}

// Failed records a failure. A refresher calls it before its run, because it can't
// if it is killed.
func (b Backoff) Failed(now time.Time) error {
	count, _ := b.read()
	return b.write(count+1, now)
}

// Prolong restarts the pause now. A refresher calls it when its run has failed.
func (b Backoff) Prolong(now time.Time) error {
	count, _ := b.read()
	return b.write(max(count, 1), now)
}

// write records a number of consecutive failures, the last of them now.
func (b Backoff) write(count int, now time.Time) error {
	tmp, err := os.CreateTemp(filepath.Dir(b.Path), ".tmp-backoff-")
	if err != nil {
		return err
	}
	_ = tmp.Chmod(0o600) // the umask may have cleared bits; some file systems have no modes
	_, err = fmt.Fprintf(tmp, "%d %d\n", count, now.Add(Pause(count)).UnixNano())
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), b.Path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // if this fails, the file is swept later
	}
	return err
}

// Succeeded removes the record of failures.
func (b Backoff) Succeeded() error {
	if err := os.Remove(b.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// read returns the number of consecutive failures and the end of the pause.
func (b Backoff) read() (count int, until time.Time) {
	text, err := os.ReadFile(b.Path)
	if err != nil {
		return 0, time.Time{}
	}
	var ns int64
	if n, _ := fmt.Sscanf(string(text), "%d %d\n", &count, &ns); n != 2 || count < 0 {
		return 0, time.Time{}
	}
	return count, time.Unix(0, ns)
}
