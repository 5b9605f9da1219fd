package cmd

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/event"
	"github.com/seed-f39940ff/memo/internal/keep"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/refresh"
)

// refreshLimit is how long a refresh may take if no shorter timeout is given.
const refreshLimit = 10 * time.Minute

// detached reports whether this is the process that refreshes a result.
func (r *run) detached() bool { return isOn(r.flags, detachedFlag) }

// startRefresh returns a func that starts this call again as a detached
// process, unless refreshing it has just failed.
func (r *run) startRefresh(argv []string) func(fingerprint.Key, *os.File) (bool, error) {
	return func(key fingerprint.Key, stdin *os.File) (bool, error) {
		now := r.app.world.Now()
		if r.pause = r.backoff(key).Until(now).Sub(now); r.pause > 0 {
			return false, nil
		}
		p := &refresh.Process{
			Args:  r.detachedArgs(argv),
			Env:   withoutMarkers(r.app.environ),
			Stdin: stdin,
		}
		return true, p.Start()
	}
}

// launch returns a func that starts this call again as a detached process that
// it waits for. What this call is part of, that one is part of too.
func (r *run) launch(argv []string) func(stdin, lock, relay, taken *os.File) error {
	return func(stdin, lock, relay, taken *os.File) error {
		flags := []string{relayedFlag}
		if lock != nil {
			flags = append(flags, lockedFlag)
		}
		p := &refresh.Process{
			Args:  r.detachedArgs(argv, flags...),
			Env:   r.app.environ,
			Stdin: stdin,
			Extra: []*os.File{lock, relay, taken},
		}
		return p.Start()
	}
}

func (r *run) backoff(key fingerprint.Key) refresh.Backoff {
	return refresh.Backoff{Path: r.store.Path("refresh", key.String())}
}

// detachedArgs are the arguments of the detached process: flags that say what
// was handed to it, and the flags of this call, except those that say how this
// one call is to be answered.
func (r *run) detachedArgs(argv []string, handed ...string) []string {
	args := []string{"run", "--" + detachedFlag}
	for _, name := range handed {
		args = append(args, "--"+name)
	}
	r.flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "force", "max-wait":
			if handed == nil {
				return
			}
		case "warm", "only-cached", "report", "verbose", "fallback", detachedFlag, relayedFlag, lockedFlag, keptFlag, everyFlag, onChangeFlag:
			return
		}
		for _, text := range flagTexts(f) {
			args = append(args, "--"+f.Name+"="+text)
		}
	})
	return append(append(args, "--"), argv...)
}

// keptArgs are the arguments of a refresh that is run by `memo keep`.
func (r *run) keptArgs(argv []string, force bool) []string {
	words := r.detachedArgs(argv)
	args := []string{words[0], "--" + keptFlag}
	if force {
		args = append(args, "--force")
	}
	return append(args, words[1:]...)
}

// tellKeeper prints what became of a refresh for the keeper that started this
// process, if one did.
func (r *run) tellKeeper(kept bool, o *memo.Outcome, err error) error {
	if !kept {
		return nil
	}
	return json.NewEncoder(r.app.stdout).Encode(keep.AttemptOf(o, err))
}

// refreshDetached runs the command for the store, and for the call that waits
// for it if there is one, and keeps account of failures.
func (r *run) refreshDetached(runner *memo.Runner, command *memo.Command, policy *memo.Policy) error {
	kept := isOn(r.flags, keptFlag)
	relayed := isOn(r.flags, relayedFlag)
	if !relayed {
		refresh.LowerPriority()
	}
	if r.store == nil {
		return r.tellKeeper(kept, &memo.Outcome{Trouble: r.trouble}, nil)
	}
	runner.Refresh, runner.Launch = nil, nil
	if kept {
		runner.Stdout = nil // which is for the keeper
	}
	if isOn(r.flags, lockedFlag) {
		runner.Inherited = refresh.Handed(0, "lock")
	}
	limit := refreshLimit
	if relayed {
		runner.Relay, runner.Taken = refresh.Handed(1, "relay"), refresh.Handed(2, "taken")
		limit = max(limit, policy.MaxWait)
	}
	policy.Refreshing, policy.Warm, policy.OnlyCached, policy.MaxWait = true, false, false, 0
	if policy.Timeout == 0 || policy.Timeout > limit && !kept && !relayed {
		policy.Timeout = limit
	}
	if !kept && !relayed {
		runner.Begin = func(key fingerprint.Key) {
			r.begun = r.backoff(key).Failed(r.app.world.Now()) == nil
		}
	}
	began := r.app.world.Now()
	o, runErr := runner.Run(command, policy)
	r.account(&o, event.Of(r.app.world, command, policy, &o, began))
	return r.tellKeeper(kept, &o, runErr)
}

// account records what became of a detached run, unless the call that waited
// for it does.
func (r *run) account(o *memo.Outcome, events []event.Event) {
	backoff := r.backoff(o.Key)
	if o.Stored {
		_ = backoff.Succeeded() // best effort
	}
	if o.Answered {
		return
	}
	r.events.Call(events)
	r.events.Flush()
	switch {
	case o.Stored:
		r.evictIfOver(o)
	case r.begun:
		_ = backoff.Prolong(r.app.world.Now()) // best effort
	case o.State == memo.Miss && !o.Shown:
		_ = backoff.Failed(r.app.world.Now()) // best effort
	}
}

// withoutMarkers is the environment of a detached process: what memo itself
// puts into a command's environment is left out.
func withoutMarkers(environ []string) []string {
	var out []string
	for _, kv := range environ {
		if !strings.HasPrefix(kv, memo.ContextVar+"=") {
			out = append(out, kv)
		}
	}
	return out
}
