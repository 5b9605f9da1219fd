package store

import (
	"fmt"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// HandOver prepares the lock for another process: the caller passes the file to
// a child and closes its own copy, and the child calls [Store.TakeOver]. The
// lock is held throughout. l must not be used afterwards.
func (l *Lock) HandOver() *os.File {
	l.done.Store(true)
	return l.file
}

// TakeOver turns a file from [Lock.HandOver] into a Lock. It owns f, even if it
// fails.
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
