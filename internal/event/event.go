// Package event runs a command, the handler, for each event of a result or a call
// of memo.
//
// A [Log] gathers the events of one process. A [Dispatcher] in a detached process
// runs the handler once for each event, so that memo never waits for it.
package event

import (
	"time"

	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// The names of events. Every result ends with exactly one of Evicted, Expired and
// Invalidated, unless it is damaged.
const (
	Hit            = "hit"             // replayed fresh
	Stale          = "stale"           // replayed past its ttl
	Miss           = "miss"            // nothing to replay
	Stored         = "stored"          // a run was stored
	NotStored      = "not-stored"      // a run was not stored
	RefreshStarted = "refresh-started" // a run in the background was started
	RefreshFailed  = "refresh-failed"  // a run in the background was not stored
	Evicted        = "evicted"         // removed to keep the store within its bounds
	Expired        = "expired"         // removed after its lifetime, or replaced by a newer result
	Invalidated    = "invalidated"     // removed by memo invalidate
)

// An Event describes what happened to a result or a call. Fields that don't apply
// are empty.
type Event struct {
	Event string `json:"event"`
	// Time is when it happened. For a hit, a stale hit and a miss it is when the
	// call began.
	Time    time.Time `json:"time"`
	Key     string    `json:"key"`
	Command []string  `json:"command"`
	Cwd     string    `json:"cwd"`
	Scope   string    `json:"scope"`
	// AgeMS is the age of the result that was replayed or that ended.
	AgeMS    int64 `json:"age_ms"`
	SavedMS  int64 `json:"saved_ms"`
	ExitCode int   `json:"exit_code"`
	// Reason says in a clause why it happened, unless that is obvious. ReasonCode
	// is the name of its [memo.ReasonCode].
	Reason     string `json:"reason"`
	ReasonCode string `json:"reason_code"`
	// Path is a file with the output, which exists while the handler runs. It is
	// empty if there is no output or it can't be read.
	Path string `json:"path"`
}

// Of returns the events of a call, in order. began is when the call began, by the
// World's clock. Path is the file of the result, which may be removed when the
// result ends. A bypass is no event.
func Of(r *memo.Runner, cmd *memo.Command, policy *memo.Policy, o *memo.Outcome, began time.Time) []Event {
	event := func(name string, reason memo.Reason, at time.Time) Event {
		return Event{
			Event:      name,
			Time:       at,
			Key:        o.Key.String(),
			Command:    cmd.Argv,
			Cwd:        r.World.Dir,
			Scope:      cmd.Scope,
			ExitCode:   o.ExitCode,
			Reason:     reason.Text,
			ReasonCode: reason.Code.String(),
		}
	}
	var events []Event
	answers := map[memo.State]string{memo.Hit: Hit, memo.StaleHit: Stale, memo.Miss: Miss}
	if name := answers[o.State]; name != "" && !policy.Warm && r.Renewal == nil {
		e := event(name, o.Reason, began)
		if o.State != memo.Miss {
			e.AgeMS, e.SavedMS, e.Path = o.Age.Milliseconds(), o.Saved.Milliseconds(), o.Path
		}
		events = append(events, e)
	}
	now := r.World.Now()
	switch {
	case o.Relayed: // the detached run reports whether the result was stored
	case o.Stored:
		e := event(Stored, memo.Reason{}, now)
		e.Path = o.Path
		events = append(events, e)
	case !o.NotStored.IsZero() && r.Renewal != nil && !o.Answered:
		events = append(events, event(RefreshFailed, o.NotStored, now))
	case !o.NotStored.IsZero():
		events = append(events, event(NotStored, o.NotStored, now))
	}
	if o.Refreshing {
		events = append(events, event(RefreshStarted, o.Reason, now))
	}
	return events
}

// End returns the event for the end of a result that is removed for a reason.
// verdict is what the invalidation log says about the result now. If an
// invalidation or its lifetime ended the result earlier, the event says so.
func End(res *store.Result, verdict store.Verdict, reason store.Reason, now time.Time) Event {
	span := memo.Recorded(res, now)
	e := Event{
		Event:    Evicted,
		Time:     now,
		Key:      res.Key.String(),
		Command:  res.Argv,
		Cwd:      res.Dir,
		Scope:    res.Scope,
		AgeMS:    span.Age.Milliseconds(),
		ExitCode: res.ExitCode,
	}
	why := memo.Reason{Code: memo.ReasonEvicted, Text: "to keep the store within its bounds"}
	end, ended := verdict.Ended(res)
	switch {
	case reason == store.Invalidated:
		e.Event, why = Invalidated, memo.Reason{Code: memo.ReasonInvalidated, Text: "invalidated"}
	case ended:
		e.Event, why = Invalidated, memo.EndedBy(end)
	case reason == store.Replaced:
		e.Event, why = Expired, memo.Reason{Code: memo.ReasonReplaced, Text: "replaced by a newer result"}
	case span.Future || span.State == memo.Expired || reason == store.Expired:
		e.Event, why = Expired, span.Over()
	}
	e.Reason, e.ReasonCode = why.Text, why.Code.String()
	return e
}
