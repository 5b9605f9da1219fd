package memo

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// answerInTime answers within the policy's MaxWait. The command is run by a
// detached process from the start, which relays its outcome to this call and
// leaves it to others who wait. When the time is over the call answers with
// the last result that is known, or the fallback text, and the run goes on.
func (c *call) answerInTime() (Outcome, error) {
	ctx, cancel := context.WithDeadline(context.Background(), c.deadline)
	defer cancel()
	for range flightAttempts {
		lock, waiter, err := c.lockOrJoin()
		switch {
		case errors.Is(err, store.ErrLocked):
			return c.launch(nil) // as part of another run it joins none
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
	// Nothing that this call may take: it runs without the lock, as others do.
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

// giveUp answers without having found out what there is, for want of time. A
// detached run does that, unless one is under way.
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

// until returns what f returns, or false if the deadline comes first; a zero
// one never does. f goes on by itself then: it must not touch the call, each
// change that it makes to the store must be whole by itself, and what it has
// opened is closed with the process.
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

// launch runs the command in a detached process, under the lock if there is
// one, and waits for its outcome until the deadline.
func (c *call) launch(lock *store.Lock) (Outcome, error) {
	r, err := c.startRelayed(lock)
	if err == nil {
		// Where pipes have no deadlines, nothing can be launched.
		if err = r.pipe.SetReadDeadline(c.deadline); err != nil {
			r.pipe.Close()
		}
	}
	if err != nil {
		return c.waitUnbounded(err)
	}
	return r.follow()
}

// startRelayed starts the detached run and returns the end that it relays to.
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

// waitUnbounded runs the command without a deadline: nothing is as bad as no
// run at all.
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

// unlaunched answers when the detached process ended before it started the
// command: another run was faster, or whatever is wrong is seen here too.
func (c *call) unlaunched() (Outcome, error) {
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

// outOfTime answers without the run: with the last good result that is known,
// however old and whatever its dependencies, but not an invalidated one.
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

// lastKnown returns the newest good result that was not invalidated.
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

// hasDeadline reports whether the call has a deadline that it can keep: one
// that runs nothing itself has none.
func (c *call) hasDeadline() bool {
	p := c.policy
	return p.MaxWait > 0 && c.Launch != nil && !c.renews() && !p.OnlyCached && !p.Warm
}
