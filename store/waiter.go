package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// ErrNoLeader says that no call leads a run of this key, or no longer. The
// caller may try to lead.
var ErrNoLeader = errors.New("no call leads")

// An OutcomeKind says how waiting ended.
type OutcomeKind uint8

const (
	// OutcomeStored: the leader's result is in the store under Ref.
	OutcomeStored OutcomeKind = 1
	// OutcomeEmbedded: the leader's result is in Reading, which the caller
	// closes. It is not stored.
	OutcomeEmbedded OutcomeKind = 2
	// OutcomeNothing: the leader ended without a result: it was killed or
	// interrupted, or the output was too large. The caller runs the command
	// without the lock.
	OutcomeNothing OutcomeKind = 3
	// OutcomeStalled: the leader lives but makes no progress: it is stopped, or
	// blocked on its output. The caller runs the command without the lock.
	OutcomeStalled OutcomeKind = 4
	// OutcomeNoLeader: the holder of the lock was not a leader but cleaned up
	// after a dead one. The caller tries [Store.TryLock] again.
	OutcomeNoLeader OutcomeKind = 5
)

// An Outcome is the end of a wait. Started and Ended, in nanoseconds since the
// epoch, are the times of the leader's run if the leader left a result.
type Outcome struct {
	Kind           OutcomeKind
	Started, Ended int64
	Ref            Ref
	Reading        *Reading
}

const (
	// stallAfter is how long a heartbeat may be overdue; leaders send one
	// every second.
	stallAfter = 5 * time.Second
	// The pause between polls of the lock grows from pollFirst to pollLast.
	pollFirst = time.Millisecond
	pollLast  = 20 * time.Millisecond
	// headerLooks is how often, at pollFirst, a new leader's header is looked
	// for: a starved one needs a while.
	headerLooks = 1000
)

// A Waiter waits for the leader of a run. It is not safe for concurrent use.
// The caller must close it.
type Waiter struct {
	// StallAfter is how long the leader's heartbeat may stand still, by the
	// waiter's own clock.
	StallAfter time.Duration

	store   *Store
	file    *os.File
	started int64
	ready   *Outcome // found by Join already
}

// Join finds the live leader of a key and announces a waiter to it. The error
// is [ErrNoLeader] if there is none.
func (s *Store) Join(key fingerprint.Key) (*Waiter, error) {
	path := s.LockPath(key)
	f, err := os.OpenFile(path, os.O_RDWR|openNoFollow, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoLeader
	}
	if err != nil {
		return nil, fmt.Errorf("join %q: %w", path, bare(err))
	}
	w := &Waiter{StallAfter: stallAfter, store: s, file: f}
	if err := w.meet(); err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// meet waits up to headerWait until the leader has written its header, and
// announces the waiter.
func (w *Waiter) meet() error {
	for looks := 1; ; looks++ {
		gone, err := w.leaderGone()
		if err != nil {
			return err
		}
		st, err := readLock(w.file)
		if err != nil {
			return err
		}
		w.started = st.started
		if gone {
			// The file had a name when it was opened. A leader unlinks it at
			// its end; a file that is still linked belongs to a dead leader.
			left := st.outcome.Kind == OutcomeStored || st.outcome.Kind == OutcomeEmbedded
			if !left || !unlinked(w.file) {
				return ErrNoLeader
			}
			w.ready = &st.outcome
			return nil
		}
		if st.led || looks >= headerLooks {
			w.file.WriteAt([]byte{1}, waitedAt) // best effort
			return nil
		}
		time.Sleep(pollFirst)
	}
}

// Started returns the time at which the leader took the lock, before its run,
// in nanoseconds since the epoch; 0 if unknown.
func (w *Waiter) Started() int64 { return w.started }

// Wait waits until the leader is gone or has stalled, or ctx ends. Waiters get
// the outcome independently of each other.
func (w *Waiter) Wait(ctx context.Context) (Outcome, error) {
	if w.ready != nil {
		return w.take(*w.ready)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	var silent, slept time.Duration
	var beat uint64
	for pause := pollFirst; ; pause = min(pause*3/2, pollLast) {
		select {
		case <-ctx.Done():
			return Outcome{}, ctx.Err()
		case <-timer.C:
		}
		gone, err := w.leaderGone()
		if err != nil {
			return Outcome{}, err
		}
		st, err := readLock(w.file)
		if err != nil {
			return Outcome{}, err
		}
		if gone {
			return w.take(st.outcome)
		}
		// Count only time in which this process looked: it may have been stopped or
		// starved together with the leader.
		silent += slept
		if st.beat != beat {
			beat, silent = st.beat, 0
		}
		if silent >= w.StallAfter {
			return Outcome{Kind: OutcomeStalled}, nil
		}
		timer.Reset(pause)
		slept = pause
	}
}

// take opens the embedded result of an outcome. A damaged result counts as
// none.
func (w *Waiter) take(o Outcome) (Outcome, error) {
	if o.Kind == OutcomeEmbedded {
		r, err := w.store.openAt(w.file, embeddedAt)
		w.file = nil
		if err != nil {
			return Outcome{Kind: OutcomeNothing}, nil
		}
		o.Reading = r
	}
	return o, nil
}

// leaderGone reports whether no process holds the lock exclusively.
func (w *Waiter) leaderGone() (bool, error) {
	switch err := flock(w.file, lockShared); {
	case err == nil:
		flock(w.file, lockNone)
		return true, nil
	case errors.Is(err, ErrLocked):
		return false, nil
	default:
		return false, fmt.Errorf("wait for %q: %w", w.file.Name(), err)
	}
}

// Close closes the lock file. The Reading of an outcome stays open.
func (w *Waiter) Close() {
	if w.file != nil {
		w.file.Close()
		w.file = nil
	}
}
