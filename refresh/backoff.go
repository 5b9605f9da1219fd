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
	// firstPause is how long nothing is tried after a first failure; it
	// doubles with each further one up to longestPause.
	firstPause   = time.Second
	longestPause = 5 * time.Minute
)

// Pause returns how long no refresh is tried after a number of failures in
// a row.
func Pause(failures int) time.Duration {
	return min(firstPause<<min(max(failures-1, 0), 16), longestPause)
}

// A Backoff is the account of the failed refreshes of one result, in a file of
// its own. It is best effort: losing it costs a run.
type Backoff struct{ Path string }

// Until returns the time before which no refresh is tried; zero if
// there is no failure on record.
func (b Backoff) Until(now time.Time) time.Time {
	_, until := b.read()
	if until.Sub(now) > longestPause { // the clock went back
		return time.Time{}
	}
	return until
}

// Failed puts a failure on record. Who is about to try does so in advance, for
// a process that is killed can't any more.
func (b Backoff) Failed(now time.Time) error {
	count, _ := b.read()
	return b.write(count+1, now)
}

// Prolong has the pause after the last failure begin now, when it is one indeed.
func (b Backoff) Prolong(now time.Time) error {
	count, _ := b.read()
	return b.write(max(count, 1), now)
}

// write puts a number of failures in a row on record, the last of which is now.
func (b Backoff) write(count int, now time.Time) error {
	tmp, err := os.CreateTemp(filepath.Dir(b.Path), ".tmp-backoff-")
	if err != nil {
		return err
	}
	_ = tmp.Chmod(0o600) // the umask may have cut it; some file systems have no modes
	_, err = fmt.Fprintf(tmp, "%d %d\n", count, now.Add(Pause(count)).UnixNano())
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), b.Path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // it is swept later
	}
	return err
}

// Succeeded forgets the failures.
func (b Backoff) Succeeded() error {
	if err := os.Remove(b.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// read returns the number of failures in a row and the end of the pause.
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
