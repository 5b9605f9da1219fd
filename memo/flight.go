package memo

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

// flightAttempts bounds how often a call tries to lead again. It does so while
// leaders leave outcomes of runs that began before the call.
const flightAttempts = 100

// watch starts to watch for signals. It is called right before there is a run
// to wait for: until then a signal should end the process, and the threads that
// the Go runtime starts for signals would slow it down.
func (c *call) watch() {
	if c.Foreground && c.signals == nil {
		c.signals = process.Watch(c.blocked, c.renews())
	}
}

// blocked reports whether a write of this call's output has been going on for
// longer than d.
func (c *call) blocked(d time.Duration) bool { return c.out[0].Blocked(d) || c.out[1].Blocked(d) }

// terms returns the terms under which this call's command runs.
func (c *call) terms() process.Terms {
	return process.Terms{Signals: c.signals, Timeout: c.policy.Timeout, Adopt: c.Foreground}
}

// fly runs the command, or waits for a run that is under way and takes its
// outcome. On one machine only one run per command key is under way at a time.
// Where locks don't work, fly runs the command without one.
func (c *call) fly() (Outcome, error) {
	c.watch()
	for range flightAttempts {
		if c.renews() {
			return c.refreshAlone()
		}
		lock, waiter, err := c.lockOrJoin()
		switch {
		case err != nil:
			return c.execute(nil)
		case lock != nil:
			return c.lead(lock)
		}
		left, err := waiter.Wait(context.Background())
		waiter.Close()
		if c.leadsNext(left, err) {
			continue
		}
		if o, err, ok := c.takeLeft(left, err); ok {
			return o, err
		}
		// The leader was killed, stopped or interrupted, or it left nothing
		// that this call may take. All waiters run at once, because the next
		// leader would probably end the same way.
		return c.execute(nil)
	}
	return c.execute(nil)
}

// leadsNext reports whether the call should try to lead: either there was no
// run, or the call is forced and the run began before it.
func (c *call) leadsNext(left store.Outcome, err error) bool {
	if err != nil {
		return false
	}
	early := c.policy.Force && left.Ended != 0 && left.Started < c.arrived.UnixNano()
	return left.Kind == store.OutcomeNoLeader || early
}

// takeLeft answers with the outcome that a leader left, or with the result that
// is in the store now. ok is false if the call may take neither.
func (c *call) takeLeft(left store.Outcome, waitErr error) (o Outcome, err error, ok bool) {
	rd, inTime := until(c.deadline, func() *store.Reading { return c.joined(left, waitErr) })
	if rd != nil {
		defer rd.Close()
		o, err = c.share(rd, left)
		return o, err, true
	}
	var now look
	if inTime {
		now, inTime = until(c.deadline, c.again)
	}
	switch {
	case !inTime:
		o, err = c.giveUp()
	case now.found != nil:
		defer now.found.close()
		o, err = c.serve(now.found)
	default:
		return c.outcome, nil, false
	}
	return o, err, true
}

// lockOrJoin is [store.Store.LockOrJoin], except that a nested call never
// waits: the leader may itself wait for the command that the call is part of.
func (c *call) lockOrJoin() (*store.Lock, *store.Waiter, error) {
	if c.outer == nil {
		return c.Store.LockOrJoin(c.key)
	}
	lock, err := c.Store.TryLock(c.key)
	return lock, nil, err
}

// refreshAlone runs the command for the store, unless another run is under way.
// If a call waits for this run, that call has already made the check.
func (c *call) refreshAlone() (Outcome, error) {
	var lock *store.Lock
	var err error
	switch {
	case c.inherits():
		lock, err = c.Store.TakeOver(c.key, c.Renewal.Lock)
	case c.awaited():
		return c.execute(nil)
	default:
		lock, err = c.Store.TryLock(c.key)
	}
	switch {
	case err == nil:
		return c.lead(lock)
	case errors.Is(err, store.ErrLocked):
		c.outcome.State, c.outcome.Reason = Bypass, because(ReasonRunUnderWay, "another run is under way")
		return c.outcome, nil
	case store.Unwritable(err):
		// Neither a result nor a failure could be recorded.
		c.outcome.State, c.outcome.Trouble = Bypass, unwritable(err)
		c.outcome.Reason = because(ReasonStoreUnavailable, c.outcome.Trouble)
		return c.outcome, nil
	default:
		return c.execute(nil)
	}
}

// joined opens the outcome that a leader left, or returns nil if this call may
// not take it. The run must have ended after the call began; for a forced call
// it must have begun after the call. The result must carry the declared tags,
// and its dependencies must match.
func (c *call) joined(left store.Outcome, err error) *store.Reading {
	rd := left.Reading
	if err == nil && left.Kind == store.OutcomeStored {
		rd, err = c.Store.Open(left.Ref)
	}
	if err != nil || rd == nil {
		return nil
	}
	arrived := c.arrived.UnixNano()
	timely := left.Ended >= arrived && !(c.policy.Force && left.Started < arrived)
	_, ended := c.Store.Since(rd.Result.Mark).Ended(rd.Result)
	if timely && !ended && missingTag(c.cmd.Tags, rd.Result.Tags) == "" && c.unchanged(rd.Result) && rd.Verify() == nil && c.hasFilesOf(rd, left) {
		return rd
	}
	rd.Close()
	return nil
}

// unchanged reports whether the dependencies of a result all match now.
func (c *call) unchanged(res *store.Result) bool {
	for i := range res.Fingerprints {
		if match, _ := c.taker.Check(&res.Fingerprints[i]); !match {
			return false
		}
	}
	return true
}

// share replays the outcome of a run that was under way when this call began.
func (c *call) share(rd *store.Reading, left store.Outcome) (Outcome, error) {
	if code := rd.Result.ExitCode; !c.policy.success(code) && c.usableFallback() != nil {
		return c.fallBack(failedWith(code))
	}
	o := &c.outcome
	o.Elapsed = rd.Result.Elapsed
	o.State, o.Reason = Hit, because(ReasonJoined, "joined a run that was under way")
	c.contributeReplayed(rd.Result, rd.Result.Fingerprints)
	waited := c.World.Now().Sub(c.arrived)
	o.Saved = max(o.Elapsed-waited, 0)
	if left.Kind == store.OutcomeStored {
		o.Path = c.Store.ResultPath(left.Ref)
	}
	c.Store.Record(store.Event{Kind: store.Hit, Key: c.key, ID: left.Ref.ID, Elapsed: o.Saved})
	return c.replay(rd)
}

// lead runs the command under the lock, unless another run ended between the
// lookup and the lock. It releases the lock.
func (c *call) lead(lock *store.Lock) (Outcome, error) {
	defer lock.Unlock()
	defer c.pulse(lock)()
	if found := c.againLeading(lock); found != nil {
		defer found.close()
		return c.serve(found)
	}
	return c.execute(lock)
}

// againLeading looks up the key once more, now under the lock, and leaves what
// it finds to the waiters.
func (c *call) againLeading(lock *store.Lock) *candidate {
	now, _ := until(c.deadline, c.again) // at the deadline there is no time for a run either
	if found := now.found; found != nil {
		created := found.Result.Created
		// A waiter that gets no outcome looks up the key by itself.
		_ = lock.LeaveStored(found.ref, created-int64(found.Result.Elapsed), created)
	}
	c.first = now.none
	if now.found == nil && c.outcome.Reason.IsZero() { // another process made the first lookup
		c.outcome.Reason = now.why
	}
	return now.found
}

// A look is the result of a second lookup: a candidate to serve, or nil with
// the reason. none says that the key has no results at all.
type look struct {
	found *candidate
	why   Reason
	none  bool
}

// again looks up the key once more, when no other run is under way. A forced
// call accepts only a result whose run began after the call.
func (c *call) again() look {
	l := c.lookup()
	l.skip = func(ref store.Ref) bool {
		return c.policy.Force && ref.Created < c.arrived.UnixNano() || slices.Contains(c.seen, ref)
	}
	found := l.find(c.key, c.World.Now())
	l.fallback.close()
	nothing := look{why: l.reason, none: found == nil && l.none}
	if found != nil {
		if why := c.putBackIfServed(found); !why.IsZero() {
			found.close()
			return look{why: why}
		}
		started := found.Result.Created - int64(found.Result.Elapsed)
		if found.State == Fresh && !(c.policy.Force && started < c.arrived.UnixNano()) {
			return look{found: found}
		}
		found.close()
		nothing.why = found.Over()
	}
	if c.policy.Force {
		nothing.why = forced()
	}
	return nothing
}
