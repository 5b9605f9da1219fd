package memo

import (
	"fmt"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/store"
)

// usableFallback returns the good result to serve if the command fails, or nil.
// It checks the result anew, because while the command ran the result may have
// been invalidated or a dependency may have changed.
func (c *call) usableFallback() *candidate {
	found := c.fallback
	if found == nil || c.renews() || len(found.Result.Outputs) > 0 {
		return nil // the files that the run has written are not taken back
	}
	if _, ended := c.Store.Since(found.Result.Mark).Ended(found.Result); ended || !c.unchanged(found.Result) {
		return nil
	}
	return found
}

// failure returns how a run failed.
func (c *call) failure(got *capture.Captured) Reason {
	switch {
	case got.TimedOut:
		return because(ReasonTimedOut, "the command timed out after "+c.policy.Timeout.String())
	case got.Died != 0:
		return because(ReasonSignaled, "the command died of a signal: "+got.Died.String())
	case got.Unknown != nil:
		return because(ReasonExitUnknown, "the exit status of the command could not be read: "+got.Unknown.Error())
	default:
		return failedWith(got.Code)
	}
}

func notStarted(err error) Reason {
	return because(ReasonNotStarted, "the command could not be started: "+rootCause(err).Error())
}

func failedWith(code int) Reason {
	return because(ReasonCommandFailed, fmt.Sprintf("the command failed with exit code %d", code))
}

// fallBack serves the fallback result in place of a run that failed, whether of
// this call or of another one.
func (c *call) fallBack(why Reason) (Outcome, error) {
	found := c.fallback
	c.describe(found)
	o := &c.outcome
	o.State, o.Stored, o.Pending, o.NotStored = StaleHit, false, false, Reason{}
	o.Reason = why
	o.Instead = why.Text + "; this is what it printed " + expiry.FormatSpan(found.Age) + " ago"
	c.contributeReplayed(found.Result, found.Hinted())
	c.Store.Record(store.Event{Kind: store.StaleHit, Key: c.key, ID: found.ref.ID, Why: store.Code(why.Code)})
	return c.replay(found.Reading)
}
