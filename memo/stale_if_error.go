package memo

import (
	"fmt"

	"github.com/seed-f39940ff/memo/store"
)

// spare returns the good result that is served if the command fails: as of
// now, for it may have been invalidated, and a dependency may have changed,
// while the command ran. It is nil if there is none.
func (c *call) spare() *candidate {
	found := c.fallback
	if found == nil || c.renews() {
		return nil
	}
	if _, ended := c.Store.Since(found.Result.Mark).Ended(found.Result); ended || !c.unchanged(found.Result) {
		return nil
	}
	return found
}

// failure says in a clause how a run failed.
func (c *call) failure(got *captured) string {
	switch {
	case got.timedOut:
		return "the command timed out after " + c.policy.Timeout.String()
	case got.died != 0:
		return "the command died of a signal: " + got.died.String()
	case got.unknown != nil:
		return "nobody knows how the command ended: " + got.unknown.Error()
	default:
		return failedWith(got.code)
	}
}

func notStarted(err error) string {
	return "the command could not be started: " + rootCause(err).Error()
}

func failedWith(code int) string {
	return fmt.Sprintf("the command failed with exit code %d", code)
}

// fallBack serves the spare result in place of a run that failed, of this call
// or of another one.
func (c *call) fallBack(why string) (Outcome, error) {
	found := c.fallback
	c.describe(found)
	o := &c.outcome
	o.State, o.Stored, o.Pending, o.NotStored = StaleHit, false, false, ""
	o.Reason = why
	o.Instead = why + "; this is what it printed " + FormatSpan(found.Age) + " ago"
	c.contributeReplayed(found.Result, found.Hinted())
	c.Store.Record(store.Event{Kind: store.StaleHit, Key: c.key, ID: found.ref.ID})
	return c.replay(found.Reading)
}
