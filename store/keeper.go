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

// keeperPrefix, followed by the key, is the name of a keeper's lock file. The
// file contains the keeper's process id.
const keeperPrefix = "keep-"

// pidWidth is wide enough for any process id.
const pidWidth = 11

// A Keeping is the lock of the one process that keeps a result fresh. It ends
// with [Keeping.Release] or with the process.
type Keeping struct {
	path string
	file *os.File
}

// A KeptError says that another process keeps the result fresh.
type KeptError struct{ Pid int } // 0 if unknown

func (e *KeptError) Error() string {
	if e.Pid == 0 {
		return "another keeper keeps this result"
	}
	return fmt.Sprintf("another keeper keeps this result: process %d", e.Pid)
}

// LockKeeper makes this process the keeper of a key. The error is a
// [*KeptError] if another process is its keeper; any other error means that the
// lock file can't be created or locked.
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
			// The fixed length keeps readers from seeing a part of it.
			_, _ = f.WriteAt(fmt.Appendf(nil, "%-*d\n", pidWidth, os.Getpid()), 0)
			return &Keeping{path, f}, nil
		}
		f.Close()
	}
	return nil, fmt.Errorf("lock %q: %w", path, ErrLocked)
}

// Held reports whether the lock file still exists. If the cache was deleted,
// other processes can't see the lock.
func (k *Keeping) Held() bool { return stillAt(k.file, k.path) }

// Release releases the lock. It does nothing if k is nil.
func (k *Keeping) Release() {
	if k == nil {
		return
	}
	if k.Held() {
		_ = os.Remove(k.path) // a sweep removes a leftover
	}
	k.file.Close()
}

func readPid(f *os.File) int {
	b, _ := io.ReadAll(io.NewSectionReader(f, 0, 20)) // only for messages
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
