package memo

import (
	"errors"
	"time"
)

// An act is what a call does.
type act uint8

const (
	actFail   act = iota // nothing: the call itself is wrong
	actBypass            // run without the cache
	actRenew             // run for the store, under a lock that was handed over
	actGiveUp            // answer without a lookup, which took too long
	actWarm              // start a refresh unless a fresh result is there
	actServe             // replay a result
	actRefuse            // nothing: there is no result, and no run is allowed
	actRun               // run, or take the outcome of a run that is under way
)

// A decision is what a call does and why.
type decision struct {
	act act
	// found is the result to serve, or nil. The caller closes it.
	found *candidate
	// why is the reason for a miss or a bypass. trouble says in a clause what
	// was wrong with the cache; empty if nothing was.
	why     Reason
	trouble string
}

// decide prepares the call, looks up its key, and decides what to do. The error
// comes with actFail.
func (c *call) decide() (decision, error) {
	if c.Store == nil {
		return decision{act: actBypass}, nil
	}
	if word := c.cmd.descriptorWord(); word != "" {
		text := word + " names a descriptor, which means nothing outside this call"
		return decision{act: actBypass, why: Reason{Code: ReasonDescriptorWord, Subject: word, Text: text}}, nil
	}
	if err := c.prepare(); err != nil {
		if unread := (*inputError)(nil); errors.As(err, &unread) {
			return decision{act: actBypass, why: because(ReasonStdinUnreadable, ""), trouble: err.Error()}, nil
		}
		return decision{act: actFail}, err
	}
	if c.hasDeadline() {
		c.deadline = time.Now().Add(c.policy.MaxWait)
	}
	if c.outer.Contains(c.key) {
		why := because(ReasonSameCommandAbove, "the same command is being run further up")
		return decision{act: actBypass, why: why}, nil
	}
	if c.inherits() {
		return decision{act: actRenew}, nil
	}
	return c.decideByLookup(), nil
}

// decideByLookup decides by what is recorded under the key.
func (c *call) decideByLookup() decision {
	found, why, inTime := c.search()
	var excess Reason
	if inTime && found == nil {
		excess, inTime = until(c.deadline, func() Reason { return c.doubts.excess(c.taker) })
	}
	d := decision{act: actRun, found: found, why: why}
	switch {
	case !inTime:
		d.act = actGiveUp
	case !excess.IsZero():
		d.act, d.why, d.trouble = actBypass, excess, excess.Text
	case c.policy.Warm:
		d.act = actWarm
	case c.servable(found):
		d.act = actServe
	case c.policy.OnlyCached:
		d.act = actRefuse
	}
	return d
}
