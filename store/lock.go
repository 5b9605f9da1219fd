package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// ErrLocked says that another process leads the run of this key.
var ErrLocked = errors.New("locked by another process")

// lockTries bounds how often [Store.TryLock] looks again while others only
// probe the lock or tidy up after a dead leader. Each holds it for some
// microseconds; with a pause of half a millisecond on average this outlasts
// any crowd.
const lockTries = 200

// A Lock is held by the process that leads the run of a key. It ends with
// [Lock.Unlock] or one of the Leave methods, of which only the first call
// counts, or with the process. Methods may be called from several goroutines.
type Lock struct {
	path string
	file *os.File
	beat atomic.Uint64
	done atomic.Bool
}

// TryLock takes the lock of a key without waiting. The error is [ErrLocked]
// if there is a live leader; any other means that single flight is not to be
// had here (no locks on this file system or platform, read-only, full), and
// the caller runs without.
func (s *Store) TryLock(key fingerprint.Key) (*Lock, error) {
	path := s.LockPath(key)
	for range lockTries {
		var f *os.File
		err := s.inDir(s.Path(locksDir), func() (err error) {
			f, err = openOwn(path, os.O_RDWR|os.O_CREATE)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("lock %q: %w", path, bare(err))
		}
		ok, err := lead(f, path, s.now().UnixNano())
		if ok {
			return &Lock{path: path, file: f}, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
		time.Sleep(rand.N(time.Millisecond))
	}
	return nil, ErrLocked
}

// LockOrJoin takes the lock of a key or meets its live leader, whichever it
// finds; exactly one of the three results is set. An error means that single
// flight is not to be had here.
func (s *Store) LockOrJoin(key fingerprint.Key) (*Lock, *Waiter, error) {
	for range lockTries {
		lock, err := s.TryLock(key)
		if !errors.Is(err, ErrLocked) {
			return lock, nil, err
		}
		waiter, err := s.Join(key)
		if !errors.Is(err, ErrNoLeader) {
			return nil, waiter, err
		}
	}
	return nil, nil, fmt.Errorf("lock %q: %w", s.LockPath(key), ErrLocked)
}

// lead makes f, just opened at path, the file of a new leader. If it is
// neither that nor an error the caller should open it again.
func lead(f *os.File, path string, now int64) (ok bool, err error) {
	switch err := flock(f, lockExclusive); {
	case errors.Is(err, ErrLocked):
		// If it can be locked shared, no call leads: waiters are looking.
		if flock(f, lockShared) == nil {
			flock(f, lockNone)
			return false, nil
		}
		return false, ErrLocked
	case err != nil:
		os.Remove(path) // no locks here: no process can hold it
		return false, fmt.Errorf("lock %q: %w", path, err)
	}
	if !stillAt(f, path) {
		return false, nil
	}
	st, err := readLock(f)
	if err == nil && st.led {
		return false, abandon(f, path)
	}
	if err == nil {
		_, err = f.WriteAt(lockHeader(now), 0)
	}
	if err != nil {
		os.Remove(path)
		return false, fmt.Errorf("lock %q: %w", path, bare(err))
	}
	return true, nil
}

// abandon unlinks the file of a leader that is dead. The caller holds its
// lock and knows it to be at path. Its body stays for the waiters that read it.
func abandon(f *os.File, path string) error {
	f.WriteAt([]byte{byte(outcomeAbandoned)}, outcomeAt) // best effort
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove lock %q: %w", path, bare(err))
	}
	return nil
}

// Heartbeat tells the waiters that the leader is getting on. It is called
// every second, except while the leader is blocked on its own output.
func (l *Lock) Heartbeat() {
	if l.done.Load() {
		return
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], l.beat.Add(1))
	l.file.WriteAt(b[:], beatAt) // best effort: without it waiters run themselves
}

// AnnexAt is where the annex of a lock file begins.
const AnnexAt = embeddedAt

// Annex writes b into the lock file, behind what waiters read and in the place
// of an earlier annex, and returns the open file and its path. Others may append
// to it as long as the lock is held; an embedded outcome takes its place.
func (l *Lock) Annex(b []byte) (f *os.File, path string, err error) {
	if err = l.file.Truncate(AnnexAt); err == nil {
		_, err = l.file.WriteAt(b, AnnexAt)
	}
	if err != nil {
		return nil, "", fmt.Errorf("lock %q: %w", l.path, bare(err))
	}
	return l.file, l.path, nil
}

// Waited reports whether another call has been waiting for this run, so that an
// outcome that is not stored is worth leaving.
func (l *Lock) Waited() bool {
	var b [1]byte
	n, _ := l.file.ReadAt(b[:], waitedAt)
	return n == 1 && b[0] != 0
}

// LeaveStored ends the lock and leaves a stored result to the waiters.
// started and ended are those of the run, in nanoseconds since the epoch.
func (l *Lock) LeaveStored(ref Ref, started, ended int64) error {
	return l.leave(Outcome{Kind: OutcomeStored, Started: started, Ended: ended, Ref: ref}, nil)
}

// LeaveEmbedded ends the lock and leaves to the waiters the result that write
// encodes into the lock file from offset off to its end; see
// [Writer.WriteTo]. If that fails nothing is left.
func (l *Lock) LeaveEmbedded(started, ended int64, write func(f *os.File, off int64) error) error {
	return l.leave(Outcome{Kind: OutcomeEmbedded, Started: started, Ended: ended}, write)
}

func (l *Lock) leave(o Outcome, write func(f *os.File, off int64) error) error {
	if l.done.Swap(true) {
		return os.ErrClosed
	}
	defer l.release()
	if write != nil {
		if err := write(l.file, embeddedAt); err != nil {
			return err
		}
	}
	if _, err := l.file.WriteAt(encodeOutcome(o), outcomeAt); err != nil {
		return fmt.Errorf("leave outcome in %q: %w", l.path, bare(err))
	}
	return nil
}

// Unlock ends the lock and leaves nothing: waiters run by themselves.
func (l *Lock) Unlock() {
	if !l.done.Swap(true) {
		l.release()
	}
}

// release unlinks the file while the lock is held, then lets go of the lock
// explicitly: a child between fork and exec has the open file too.
func (l *Lock) release() {
	if stillAt(l.file, l.path) {
		os.Remove(l.path) // a leftover is known by its header
	}
	flock(l.file, lockNone)
	l.file.Close()
}

// Locked reports whether there is a live leader for the key.
func (s *Store) Locked(key fingerprint.Key) bool {
	f, err := os.OpenFile(s.LockPath(key), os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(flock(f, lockShared), ErrLocked)
}

// LockPath is the file that exists while a run of the key is under way, and
// after a leader was killed.
func (s *Store) LockPath(key fingerprint.Key) string { return s.Path(locksDir, key.String()) }

// stillAt reports whether path still names the open file f.
func stillAt(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }
