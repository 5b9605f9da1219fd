package store

import (
	"fmt"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// HandOver gives the lock to another process: the file is inherited by
// it and then closed here, and [Store.TakeOver] makes it a lock again there.
// In between it stays locked. Nothing else may be done with l.
func (l *Lock) HandOver() *os.File {
	l.done.Store(true)
	return l.file
}

// TakeOver makes a Lock of the file that another process handed over. It owns
// the file, also if there is an error.
func (s *Store) TakeOver(key fingerprint.Key, f *os.File) (*Lock, error) {
	path := s.LockPath(key)
	err := flock(f, lockExclusive)
	if err == nil && !stillAt(f, path) {
		err = ErrNoLeader
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("take over lock %q: %w", path, err)
	}
	return &Lock{path: path, file: f}, nil
}
