package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// keeperPrefix begins the names of the lock files of keepers, followed by the
// key. They hold the keeper's process id.
const keeperPrefix = "keep-"

// pidWidth is more than the digits of any process id.
const pidWidth = 11

// A Keeping is the right of one process to keep a result fresh. It ends with
// [Keeping.Release] or with the process.
type Keeping struct {
	path string
	file *os.File
}

// A KeptError says that another process keeps the result fresh.
type KeptError struct{ Pid int } // 0: not known

func (e *KeptError) Error() string {
	if e.Pid == 0 {
		return "another keeper keeps this result"
	}
	return fmt.Sprintf("another keeper keeps this result: process %d", e.Pid)
}

// LockKeeper makes this process the keeper of a key. The error is a
// [*KeptError] if there is one; any other means that locks are not to be had.
func (s *Store) LockKeeper(key fingerprint.Key) (*Keeping, error) {
	path := s.Path(locksDir, keeperPrefix+key.String())
	for range lockTries {
		var f *os.File
		err := s.inDir(s.Path(locksDir), func() (err error) {
			f, err = openOwn(path, os.O_RDWR|os.O_CREATE)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("lock %q: %w", path, bare(err))
		}
		err = flock(f, lockExclusive)
		switch {
		case errors.Is(err, ErrLocked):
			defer f.Close()
			return nil, &KeptError{readPid(f)}
		case err != nil:
			f.Close()
			return nil, fmt.Errorf("lock %q: %w", path, err)
		case stillAt(f, path):
			// For people. It is never found half written: its length is fixed.
			_, _ = f.WriteAt(fmt.Appendf(nil, "%-*d\n", pidWidth, os.Getpid()), 0)
			return &Keeping{path, f}, nil
		}
		f.Close()
	}
	return nil, fmt.Errorf("lock %q: %w", path, ErrLocked)
}

// Held reports whether others still see who keeps the result: the cache may
// have been deleted, and with it the lock's file.
func (k *Keeping) Held() bool { return stillAt(k.file, k.path) }

// Release lets others keep the result. A nil Keeping is none.
func (k *Keeping) Release() {
	if k == nil {
		return
	}
	if k.Held() {
		_ = os.Remove(k.path) // swept otherwise
	}
	k.file.Close()
}

func readPid(f *os.File) int {
	b, _ := io.ReadAll(io.NewSectionReader(f, 0, 20)) // it is for people only
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
