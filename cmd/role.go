package cmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/event"
	"github.com/seed-f39940ff/memo/internal/keep"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/refresh"
)

// refreshLimit is how long a refresh may take if no shorter timeout is given.
const refreshLimit = 10 * time.Minute

// A role is the part of this process in a run. It decides where the output and
// the report go.
type role interface {
	// do completes the Runner and the policy for the role, runs the command and
	// reports the outcome.
	do(r *run, argv []string, runner *memo.Runner, command *memo.Command, policy *memo.Policy) error
}

// role returns the role of this process.
func (r *run) role() (role, error) {
	name := r.flags.Lookup(refresh.RunFlag).Value.String()
	switch job := refresh.Job(name); job {
	case "":
		if recall.IsRefresher() {
			return refresher{}, nil
		}
		return caller{}, nil
	case refresh.Refresh:
		return refresher{}, nil
	case refresh.Relay, refresh.Lead:
		return relayedRun{leads: job == refresh.Lead}, nil
	case refresh.Keep:
		return keptRun{}, nil
	default:
		return nil, &usageError{text: fmt.Sprintf("--%s %q is no job", refresh.RunFlag, name)}
	}
}

// A caller answers the process that called memo.
type caller struct{}

func (caller) do(r *run, argv []string, runner *memo.Runner, command *memo.Command, policy *memo.Policy) error {
	if r.store != nil {
		runner.Refresh, runner.Launch = r.startRefresh(argv), r.launch(argv)
	}
	if isTerminal(r.app.stderr) && !r.cfg.Verbose { // which says it too
		runner.Hint = r.runHint
	}
	recorder := r.recall()
	began := r.app.world.Now()
	outcome, err := runner.Run(command, policy)
	r.after(&outcome, err)
	r.events.Call(event.Of(runner, command, policy, &outcome, began))
	r.events.Flush()
	r.record(recorder, &outcome, policy, err)
	if outcome.Stored && policy.SWR > 0 {
		_ = r.backoff(outcome.Key).Succeeded() // best effort
	}
	return r.exit(argv, &outcome, err)
}

// A refresher renews a stale result, which its starter has served, and keeps
// account of failures for the callers after that. Its starter is a caller, or
// the C code of package recall: then the words of this process are those of the
// caller.
type refresher struct{}

func (refresher) do(r *run, _ []string, runner *memo.Runner, command *memo.Command, policy *memo.Policy) error {
	refresh.Refresh.Begin()
	if r.store == nil {
		return nil
	}
	if policy.Timeout == 0 || policy.Timeout > refreshLimit {
		policy.Timeout = refreshLimit
	}
	runner.Renewal = &memo.Renewal{}
	begun := false
	runner.Begin = func(key fingerprint.Key) {
		begun = r.backoff(key).Failed(r.app.world.Now()) == nil
	}
	var recorder *recall.Call
	if recall.IsRefresher() {
		recorder = r.recall()
	}
	o, events, err := r.renew(runner, command, policy)
	r.account(&o, events, begun)
	r.record(recorder, &o, policy, err)
	return nil
}

// A relayedRun runs the command for a call that waits at the other end of a
// pipe. It continues when that call gives up.
type relayedRun struct{ leads bool }

func (role relayedRun) do(r *run, _ []string, runner *memo.Runner, command *memo.Command, policy *memo.Policy) error {
	refresh.Relay.Begin()
	if r.store == nil {
		return nil
	}
	runner.Renewal = &memo.Renewal{Relay: refresh.Handed(1, "relay")}
	if role.leads {
		runner.Renewal.Lock = refresh.Handed(0, "lock")
	}
	policy.Timeout = cmp.Or(policy.Timeout, max(refreshLimit, policy.MaxWait))
	o, events, _ := r.renew(runner, command, policy)
	r.account(&o, events, false)
	return nil
}

// A keptRun renews a result for the keeper that started this process. It writes
// the outcome to stdout.
type keptRun struct{}

func (keptRun) do(r *run, _ []string, runner *memo.Runner, command *memo.Command, policy *memo.Policy) error {
	refresh.Keep.Begin()
	o, err := memo.Outcome{Trouble: r.trouble}, error(nil)
	if r.store != nil {
		runner.Renewal, runner.Stdout = &memo.Renewal{}, nil
		policy.Timeout = cmp.Or(policy.Timeout, refreshLimit)
		var events []event.Event
		o, events, err = r.renew(runner, command, policy)
		r.account(&o, events, false)
	}
	return json.NewEncoder(r.app.stdout).Encode(keep.AttemptOf(&o, err))
}

// renew runs the command and stores the result. It ignores flags that only
// concern the answer to a caller.
func (r *run) renew(runner *memo.Runner, command *memo.Command, policy *memo.Policy) (memo.Outcome, []event.Event, error) {
	policy.Warm, policy.OnlyCached, policy.ThenUpdate, policy.MaxWait = false, false, false, 0
	began := r.app.world.Now()
	o, err := runner.Run(command, policy)
	return o, event.Of(runner, command, policy, &o, began), err
}

// account records the outcome of a run that renews a result. begun says that a
// failure was recorded when the run began, to stand until it succeeds.
func (r *run) account(o *memo.Outcome, events []event.Event, begun bool) {
	backoff := r.backoff(o.Key)
	if o.Stored {
		_ = backoff.Succeeded() // best effort
	}
	r.events.Call(events)
	r.events.Flush()
	switch {
	case o.Stored:
		r.evictIfOver(o)
	case begun:
		_ = backoff.Prolong(r.app.world.Now()) // best effort
	case o.State == memo.Miss && !o.Answered:
		_ = backoff.Failed(r.app.world.Now()) // best effort
	}
}
