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

// lockTries bounds the attempts of [Store.TryLock] while other processes only
// probe the lock or clean up after a dead leader. Each holds it for some
// microseconds, and the pause between attempts is half a millisecond on
// average, so this is enough for any number of processes.
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

// TryLock takes the lock of a key without waiting. The error is [ErrLocked] if
// there is a live leader. Any other error means that single flight is not
// available (no locks on this file system or platform, read-only, full), and
// the caller runs the command without it.
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

// LockOrJoin takes the lock of a key or joins its live leader. Exactly one of
// the three results is set. An error means that single flight is not available.
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

// lead locks f, just opened at path, and writes the header of a new leader. If
// it returns false and no error, the caller should open the file again.
func lead(f *os.File, path string, now int64) (ok bool, err error) {
	switch err := flock(f, lockExclusive); {
	case errors.Is(err, ErrLocked):
		// A shared lock succeeds if only waiters probe the file.
		if flock(f, lockShared) == nil {
			flock(f, lockNone)
			return false, nil
		}
		return false, ErrLocked
	case err != nil:
		os.Remove(path) // without locks no process can hold it
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

// abandon unlinks the file of a dead leader. The caller holds the lock and has
// checked that path names f. Waiters can still read the open file.
func abandon(f *os.File, path string) error {
	f.WriteAt([]byte{byte(outcomeAbandoned)}, outcomeAt) // best effort
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove lock %q: %w", path, bare(err))
	}
	return nil
}

// Heartbeat shows the waiters that the leader makes progress. The leader calls
// it every second, except while it is blocked on its own output.
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

// Annex writes b into the lock file after the fields that waiters read,
// replaces an earlier annex, and returns the open file and its path. Other
// processes may append to the annex while the lock is held. An embedded outcome
// overwrites it.
func (l *Lock) Annex(b []byte) (f *os.File, path string, err error) {
	if err = l.file.Truncate(AnnexAt); err == nil {
		_, err = l.file.WriteAt(b, AnnexAt)
	}
	if err != nil {
		return nil, "", fmt.Errorf("lock %q: %w", l.path, bare(err))
	}
	return l.file, l.path, nil
}

// Waited reports whether another call has waited for this run. If so, it is
// worth leaving an outcome that is not stored.
func (l *Lock) Waited() bool {
	var b [1]byte
	n, _ := l.file.ReadAt(b[:], waitedAt)
	return n == 1 && b[0] != 0
}

// LeaveStored releases the lock and leaves a stored result to the waiters.
// started and ended are the times of the run, in nanoseconds since the epoch.
func (l *Lock) LeaveStored(ref Ref, started, ended int64) error {
	return l.leave(Outcome{Kind: OutcomeStored, Started: started, Ended: ended, Ref: ref}, nil)
}

// LeaveEmbedded releases the lock and leaves an embedded result to the waiters.
// write encodes the result into the lock file from offset off to its end; see
// [Writer.WriteTo]. If write fails, the waiters get nothing.
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

// Unlock releases the lock without an outcome: waiters run the command
// themselves.
func (l *Lock) Unlock() {
	if !l.done.Swap(true) {
		l.release()
	}
}

// release unlinks the file while it holds the lock and then unlocks it
// explicitly: a child between fork and exec may still have the file open.
func (l *Lock) release() {
	if stillAt(l.file, l.path) {
		os.Remove(l.path) // the header tells the next leader of a leftover
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
