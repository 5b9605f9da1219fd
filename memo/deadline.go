package memo

import (
	"context"

	"github.com/seed-f39940ff/memo/store"
)

// answerInTime answers within the policy's MaxWait. The command is run by a
// detached process from the start, which inherits the lock of the run; this
// call is but one of those who wait for it. When the time is over it prints
// the last result that is known, or the fallback text, and the run goes on.
func (c *call) answerInTime() (Outcome, error) {
	ctx, cancel := context.WithDeadline(context.Background(), c.begun.Add(c.policy.MaxWait))
	defer cancel()
	for ctx.Err() == nil {
		lock, waiter, err := c.Store.LockOrJoin(c.key)
		if err != nil {
			return c.fly() // no locks: nobody could be waited for
		}
		if lock != nil {
			if waiter, err = c.launch(lock); err != nil {
				return c.execute(nil)
			}
		}
		if waiter != nil {
			left, err := waiter.Wait(ctx)
			waiter.Close()
			if rd := c.joined(left, err); rd != nil {
				defer rd.Close()
				return c.share(rd, left)
			}
		}
		if found := c.again(); found != nil {
			defer found.close()
			return c.serve(found)
		}
		if lock != nil {
			break // the run has ended without an outcome; another would too
		}
	}
	return c.outOfTime()
}

// launch starts the detached run under the lock and joins those who wait for
// it.
func (c *call) launch(lock *store.Lock) (*store.Waiter, error) {
	if found := c.again(); found != nil {
		created := found.Result.Created
		_ = lock.LeaveStored(found.ref, created-int64(found.Result.Elapsed), created) // others look again
		found.close()
		return nil, nil
	}
	waiter, err := c.Store.Join(c.key)
	if err != nil {
		lock.Unlock()
		return nil, err
	}
	stdin, err := c.stdin.open()
	if err == nil {
		defer stdin.Close()
		c.launched = true
		_, err = c.startDetached(stdin, lock)
	}
	if err != nil {
		waiter.Close()
		return nil, err
	}
	return waiter, nil
}

// outOfTime answers without the run: with the last good result that is known,
// however old and whatever its dependencies, but not an invalidated one.
func (c *call) outOfTime() (Outcome, error) {
	o := &c.outcome
	o.Refreshing = true
	o.Reason = "no answer within " + c.policy.MaxWait.String()
	if known := c.lastKnown(); known != nil {
		defer known.close()
		o.State = StaleHit
		c.describe(known)
		c.Store.Record(store.Event{Kind: store.StaleHit, Key: c.key, ID: known.ref.ID})
		return c.replay(known.Reading)
	}
	if c.policy.HasFallback {
		c.out[0].write([]byte(c.policy.Fallback))
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
			return &candidate{Reading: rd, ref: ref, lifetime: c.policy.lifetimeOf(rd.Result, c.hasDeps(), now)}
		}
		rd.Close()
	}
	return nil
}

// hasDeadline reports whether the call has a deadline that it can keep.
func (c *call) hasDeadline() bool {
	return c.policy.MaxWait > 0 && c.Refresh != nil && c.outer == nil && !c.policy.Refreshing
}
