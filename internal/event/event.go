// Package event tells a command what happened to results and to calls of memo.
//
// A [Log] gathers the events of one process, and a detached process, a [Teller],
// runs the command once for each: nothing that memo does waits for it.
package event

import (
	"time"

	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// The names of events. Every result ends with exactly one of Evicted, Expired
// and Invalidated, unless it was damaged.
const (
	Hit            = "hit"             // replayed fresh
	Stale          = "stale"           // replayed past its ttl
	Miss           = "miss"            // nothing to replay
	Stored         = "stored"          // a run was recorded
	NotStored      = "not-stored"      // a run was not recorded
	RefreshStarted = "refresh-started" // a run in the background was started
	RefreshFailed  = "refresh-failed"  // a run in the background was not recorded
	Evicted        = "evicted"         // removed to keep the store within its bounds
	Expired        = "expired"         // removed after its lifetime, or for a newer one
	Invalidated    = "invalidated"     // removed by memo invalidate
)

// An Event is something that happened to a result, or to a call. Fields that
// don't apply are empty.
type Event struct {
	Event string `json:"event"`
	// Time is when it happened; of a hit, a stale hit and a miss it is when
	// the call began.
	Time    time.Time `json:"time"`
	Key     string    `json:"key"`
	Command []string  `json:"command"`
	Cwd     string    `json:"cwd"`
	Scope   string    `json:"scope"`
	// AgeMS is how old the result is that was replayed or that ended.
	AgeMS    int64 `json:"age_ms"`
	SavedMS  int64 `json:"saved_ms"`
	ExitCode int   `json:"exit_code"`
	// Reason says in a clause why it happened, if that isn't plain, and
	// ReasonCode is the name of its [memo.ReasonCode].
	Reason     string `json:"reason"`
	ReasonCode string `json:"reason_code"`
	// Path is where the output can be read as long as the event is being told,
	// empty if it can't be or there is none.
	Path string `json:"path"`
}

// Of returns what became of a call that began at a time of the World's
// clock, in order. Path is the file of the result, which is what the result's
// own end, told by [End], may take away. A bypass is no event.
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
	case o.Relayed: // the detached run reports what became of the result
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

// End returns the end of a result that is being removed for a reason;
// verdict is what the invalidation log says about it now. A result that had
// ended before, by its own lifetime or by an invalidation, ends of that.
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
