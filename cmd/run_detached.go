package cmd

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/refresh"
)

// refreshLimit is how long a refresh may take if no shorter timeout is given.
const refreshLimit = 10 * time.Minute

// detached reports whether this is the process that refreshes a result.
func (r *run) detached() bool {
	on, _ := r.flags.GetBool(detachedFlag)
	return on
}

// startRefresh returns a func that starts this call again as a detached
// process, unless refreshing it has just failed.
func (r *run) startRefresh(argv []string) func(fingerprint.Key, *os.File, *os.File) (bool, error) {
	return func(key fingerprint.Key, stdin, lock *os.File) (bool, error) {
		if now := r.app.world.Now(); lock == nil && now.Before(r.backoff(key).Until(now)) {
			return false, nil
		}
		p := &refresh.Process{
			Args:  r.refreshArgs(argv, lock != nil),
			Env:   withoutMarkers(r.app.environ),
			Stdin: stdin,
		}
		if lock != nil {
			p.Extra = []*os.File{lock}
		}
		return true, p.Start()
	}
}

func (r *run) backoff(key fingerprint.Key) refresh.Backoff {
	return refresh.Backoff{Path: r.store.Path("refresh", key.String())}
}

// refreshArgs are the arguments of the detached process: the flags of this
// call, except those that say how this one call is to be answered.
func (r *run) refreshArgs(argv []string, locked bool) []string {
	args := []string{"run", "--" + detachedFlag}
	if locked {
		args = append(args, "--"+lockedFlag)
	}
	r.flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "force":
			if !locked {
				return
			}
		case "warm", "only-cached", "report", "verbose", "max-wait", "fallback", detachedFlag, lockedFlag, keptFlag, everyFlag, onChangeFlag:
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				args = append(args, "--"+f.Name+"="+v)
			}
			return
		}
		args = append(args, "--"+f.Name+"="+f.Value.String())
	})
	return append(append(args, "--"), argv...)
}

// refreshDetached runs the command for the store alone and keeps account of
// failures.
func (r *run) refreshDetached(runner *memo.Runner, command *memo.Command, policy *memo.Policy) error {
	refresh.LowerPriority()
	kept, _ := r.flags.GetBool(keptFlag)
	if r.store == nil {
		return r.tellKeeper(kept, &memo.Outcome{Trouble: r.trouble}, nil)
	}
	runner.Refresh = nil
	if kept {
		runner.Stdout = nil // which is for the keeper
	}
	if locked, _ := r.flags.GetBool(lockedFlag); locked {
		runner.Inherited = os.NewFile(3, "lock")
	}
	policy.Refreshing, policy.Warm, policy.OnlyCached, policy.MaxWait = true, false, false, 0
	if policy.Timeout == 0 || policy.Timeout > refreshLimit && !kept {
		policy.Timeout = refreshLimit
	}
	began := r.app.world.Now()
	o, runErr := runner.Run(command, policy)
	r.events.call(runner.Events(command, policy, &o, began))
	r.events.flush()
	backoff := r.backoff(o.Key)
	switch {
	case o.Stored:
		_ = backoff.Succeeded() // best effort
		r.evictIfOver(&o)
	case o.State == memo.Miss:
		_ = backoff.Failed(r.app.world.Now()) // best effort
	}
	return r.tellKeeper(kept, &o, runErr)
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
