package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	filelock "github.com/gofrs/flock"
)

// ErrBusy says that another process holds a maintenance lock.
var ErrBusy = errors.New("busy: another process is at it")

// mutexes returns the names of the maintenance lock files, which stay empty.
func mutexes() []string { return []string{logMutex, logGuard, totalsMutex, evictMutex} }

// A mutexMode says how to take a maintenance lock.
type mutexMode bool

const (
	exclusive mutexMode = false
	shared    mutexMode = true
)

// lockMutex takes a maintenance lock, which excludes other processes. If it is
// not available within wait, the error is [ErrBusy]. The lock ends with the
// process; its file stays.
//
// On a file system without locks lockMutex succeeds without a lock, unless mode
// is surely: then the error is [errors.ErrUnsupported].
func (s *Store) lockMutex(name string, mode mutexMode, wait time.Duration) (unlock func(), err error) {
	unlock, err = s.lockMutexSurely(name, mode, wait)
	if errors.Is(err, errors.ErrUnsupported) {
		return func() {}, nil
	}
	return unlock, err
}

func (s *Store) lockMutexSurely(name string, mode mutexMode, wait time.Duration) (unlock func(), err error) {
	path := s.Path(name)
	l := filelock.New(path, filelock.SetFlag(os.O_CREATE|os.O_RDWR|openNoFollow), filelock.SetPermissions(0o600))
	var held bool
	err = s.inDir(s.dir, func() error {
		held, err = tryMutex(l, mode, wait)
		if err != nil && (clearAway(path, 0) || errors.Is(err, fs.ErrPermission) && Mend(path)) {
			held, err = tryMutex(l, mode, wait)
		}
		return err
	})
	switch {
	case held:
		Mend(path) // the umask may have cut its mode
		return func() { _ = l.Close() }, nil
	case errors.Is(err, syscall.ENOLCK):
		err = errors.ErrUnsupported
	case err == nil || errors.Is(err, context.DeadlineExceeded):
		err = ErrBusy
	}
	_ = l.Close()
	return nil, fmt.Errorf("lock %q: %w", path, bare(err))
}

func tryMutex(l *filelock.Flock, mode mutexMode, wait time.Duration) (held bool, err error) {
	try, tryFor := l.TryLock, l.TryLockContext
	if mode == shared {
		try, tryFor = l.TryRLock, l.TryRLockContext
	}
	if wait <= 0 {
		return try()
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return tryFor(ctx, 2*time.Millisecond)
}
