package memo

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// answerInTime answers within the policy's MaxWait. A detached process runs the
// command from the start, relays its outcome to this call, and leaves it to the
// waiters. At the deadline the call answers with the last known result or with
// the fallback text, and the run goes on.
func (c *call) answerInTime() (Outcome, error) {
	ctx, cancel := context.WithDeadline(context.Background(), c.deadline)
	defer cancel()
	for range flightAttempts {
		lock, waiter, err := c.lockOrJoin()
		switch {
		case errors.Is(err, store.ErrLocked):
			return c.launch(nil) // a nested call never waits
		case err != nil:
			return c.waitUnbounded(err)
		case lock != nil:
			return c.leadDetached(lock)
		}
		left, err := waiter.Wait(ctx)
		waiter.Close()
		if err != nil && ctx.Err() != nil {
			return c.outOfTime()
		}
		if c.leadsNext(left, err) {
			continue
		}
		if o, err, ok := c.takeLeft(left, err); ok {
			return o, err
		}
		break
	}
	// There is nothing that this call may take: all waiters run without the
	// lock.
	return c.launch(nil)
}

// leadDetached hands the lock to a detached run, unless another run has ended
// between the lookup and the lock.
func (c *call) leadDetached(lock *store.Lock) (Outcome, error) {
	if found := c.againLeading(lock); found != nil {
		defer found.close()
		return c.serve(found)
	}
	return c.launch(lock)
}

// giveUp answers when the lookup did not end before the deadline. It leaves the
// lookup to a detached run, unless a run is already under way.
func (c *call) giveUp() (Outcome, error) {
	c.outcome.State = Miss
	lock, err := c.Store.TryLock(c.key)
	switch {
	case errors.Is(err, store.ErrLocked):
		return c.outOfTime()
	case err != nil:
		return c.waitUnbounded(err)
	}
	return c.launch(lock)
}

// until returns the result of f, or false if the deadline comes first. A zero
// deadline never comes. After the deadline f goes on in the background: it must
// not touch the call, each of its changes to the store must be complete by
// itself, and the files that it opens stay open until the process ends.
func until[T any](deadline time.Time, f func() T) (v T, inTime bool) {
	if deadline.IsZero() {
		return f(), true
	}
	done := make(chan T, 1)
	go func() { done <- f() }()
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case v = <-done:
		return v, true
	case <-timer.C:
		return v, false
	}
}

// launch runs the command in a detached process, under the lock unless it is
// nil, and waits for the outcome until the deadline.
func (c *call) launch(lock *store.Lock) (Outcome, error) {
	r, err := c.startRelayed(lock)
	if err == nil {
		// A follower needs a pipe with deadlines.
		if err = r.pipe.SetReadDeadline(c.deadline); err != nil {
			r.pipe.Close()
		}
	}
	if err != nil {
		return c.waitUnbounded(err)
	}
	return r.follow()
}

// startRelayed starts the detached run and returns the follower that reads its
// relay.
func (c *call) startRelayed(lock *store.Lock) (*follower, error) {
	var locked *os.File
	if lock != nil {
		locked = lock.HandOver()
		defer locked.Close()
	}
	stdin, err := c.stdin.open()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	pipe, relay, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer relay.Close()
	if err := c.Launch(stdin, locked, relay); err != nil {
		pipe.Close()
		return nil, err
	}
	return newFollower(c, pipe), nil
}

// waitUnbounded runs the command without a deadline, because a late answer is
// better than none.
func (c *call) waitUnbounded(why error) (Outcome, error) {
	unlimited := "waiting without a limit: " + rootCause(why).Error()
	c.outcome.Trouble = unlimited
	c.deadline = time.Time{}
	o, err := c.fly()
	switch o.Trouble {
	case unlimited:
	case "":
		o.Trouble = unlimited
	default:
		o.Trouble = unlimited + "; " + o.Trouble
	}
	return o, err
}

// notLaunched answers when the detached process ended before it started the
// command. Either another run was faster, or the process failed; then this call
// runs the command itself.
func (c *call) notLaunched() (Outcome, error) {
	now, inTime := until(c.deadline, c.again)
	switch {
	case !inTime:
		return c.outOfTime()
	case now.found != nil:
		defer now.found.close()
		return c.serve(now.found)
	}
	return c.waitUnbounded(errors.New("the detached process did not run the command"))
}

// outOfTime answers without the run. It serves the last good result, even if
// the result has expired or its dependencies have changed, but never an
// invalidated one.
func (c *call) outOfTime() (Outcome, error) {
	o := &c.outcome
	o.Refreshing = true
	o.Reason = because(ReasonMaxWait, "no answer within "+c.policy.MaxWait.String())
	c.withhold("a memo call below got " + o.Reason.Text)
	if known := c.lastKnown(); known != nil {
		defer known.close()
		o.State = StaleHit
		c.describe(known)
		c.Store.Record(store.Event{Kind: store.StaleHit, Key: c.key, ID: known.ref.ID, Why: store.Code(o.Reason.Code)})
		return c.replay(known.Reading)
	}
	if c.policy.HasFallback {
		c.out[0].Write([]byte(c.policy.Fallback))
		sig, err := outputError(c.out)
		if o.Signal = sig; err != nil {
			o.ExitCode = ExitTrouble
		}
		return *o, err
	}
	o.ExitCode = ExitNothingCached
	return *o, nil
}

// lastKnown returns the newest good result that carries the declared tags and
// was not invalidated, or nil.
func (c *call) lastKnown() *candidate {
	refs, err := c.Store.Variants(c.key)
	if err != nil {
		return nil
	}
	now := c.World.Now()
	for _, ref := range refs {
		rd, err := c.Store.Open(ref)
		if err != nil {
			continue
		}
		_, ended := c.Store.Since(rd.Result.Mark).Ended(rd.Result)
		good := c.policy.success(rd.Result.ExitCode) && missingTag(c.cmd.Tags, rd.Result.Tags) == ""
		if good && !ended && rd.Verify() == nil {
			return &candidate{Reading: rd, ref: ref, Span: c.policy.spanOf(rd.Result, c.hasDeps(), now)}
		}
		rd.Close()
	}
	return nil
}

// hasDeadline reports whether the call has a deadline that it can keep. A call
// that runs nothing itself has none.
func (c *call) hasDeadline() bool {
	p := c.policy
	return p.MaxWait > 0 && c.Launch != nil && !c.renews() && !p.OnlyCached && !p.Warm && !p.ThenUpdate
}
