package memo

import (
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/internal/output"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

// A Runner runs commands through a store. Its fields must not change after the
// first call.
type Runner struct {
	// Store keeps the results. With nil every call is a bypass.
	Store *store.Store
	// World is the view of the machine on which decisions are based. Environ is
	// the environment of commands; nil: that of this process.
	World   *fingerprint.World
	Environ []string
	// KeyEnv names the variables that belong to every command key; nil:
	// [fingerprint.DefaultKeyEnv].
	KeyEnv []string

	// Stdout and Stderr receive the output; nil discards it. If one is an
	// *os.File, memo writes to its descriptor.
	Stdout, Stderr io.Writer

	// Refresh starts a detached run of the same command with a Renewal, and
	// returns at once. It returns false if it is too early after a failed
	// refresh. stdin is the spooled input, or the null device. If Refresh is
	// nil, a stale result is a miss.
	Refresh func(key fingerprint.Key, stdin *os.File) (bool, error)
	// Launch starts such a run for a call that waits for it. The detached
	// process inherits lock, which may be nil, and relay, and passes them to
	// its Runner in a Renewal. If Launch is nil, MaxWait has no effect.
	Launch func(stdin, lock, relay *os.File) error
	// Renewal is the role of a process that makes a result anew for the store;
	// nil: the process answers a caller.
	Renewal *Renewal
	// Drain passes the reading ends of pipes that outlived a command to a
	// process that reads them to their end. A nil pipe is already closed.
	Drain func(pipes [2]*os.File) error
	// Foreground says that the process exists for this command alone. The
	// Runner then forwards signals to the command, adopts its orphans, and lets
	// signals end the process.
	Foreground bool
	// Begin is called when this call is about to run the command. It may be
	// nil.
	Begin func(key fingerprint.Key)
	// Hint receives at most one line for the user in each call; nil drops it.
	Hint func(string)
}

// Run replays the recorded result of a command, or runs the command, as the
// policy says. The error is memo's own, such as a [StartError] if the command
// could not be started or an [OutputError] if its output could not be written.
// The outcome's ExitCode is valid even if there is an error.
func (r *Runner) Run(cmd *Command, policy *Policy) (Outcome, error) {
	c := &call{
		Runner:  r,
		cmd:     cmd,
		policy:  policy,
		arrived: r.World.Now(),
		out:     [2]*capture.Sink{capture.NewSink(r.Stdout), capture.NewSink(r.Stderr)},
	}
	defer c.close()
	c.outer = nest.Find(r.World)
	defer c.outer.Close()
	if r.Renewal != nil && r.Renewal.Relay != nil {
		return c.runRelayed()
	}
	c.outer.Begin()
	o, err := c.run()
	c.lines.flush()
	c.versions.describe(&o)
	_ = c.outer.End(c.given) // the outer run notices a contribution that is missing
	return o, err
}

// A call is one Run.
type call struct {
	*Runner
	cmd     *Command
	policy  *Policy
	arrived time.Time // by the World's clock
	// deadline is when the call has to answer; zero: never. MaxWait counts from
	// the moment when all input was read.
	deadline time.Time
	out      [2]*capture.Sink
	signals  *process.Signals

	key     fingerprint.Key
	id      fingerprint.Identity
	deps    []fingerprint.Dependency
	taker   *fingerprint.Taker
	doubts  *doubts
	stdin   *input
	outcome Outcome
	// relay leads to the call that waits for this detached run; nil: no call
	// waits.
	relay *relay
	// seen are the results that the call has examined. first says that there
	// were none when it got the lock.
	seen  []store.Ref
	first bool
	// fallback is the result to serve if the command fails, or nil.
	fallback *candidate
	// outer is the run that this call is part of, or nil. given is the call's
	// contribution to it.
	outer *nest.Enclosure
	given nest.Contribution
	// versions are the answers of the version commands asked so far.
	versions answers
	// lines is what stdout goes through if only new lines are printed.
	lines *newLines
	// outputs are the declared output files; nil if there are none.
	outputs *output.Files
	// explains says that the call only decides: it changes nothing.
	explains bool
}

func (c *call) close() {
	c.stdin.close()
	c.fallback.close()
	c.relay.close()
}

// keyEnv returns the names of the variables that belong to every key.
func (r *Runner) keyEnv() []string {
	if r.KeyEnv == nil {
		return fingerprint.DefaultKeyEnv()
	}
	return r.KeyEnv
}

// environ returns the environment of commands, without the variable that leads
// to the outer run.
func (c *call) environ() []string {
	environ := c.Environ
	if environ == nil {
		environ = os.Environ()
	}
	leads := func(kv string) bool { return strings.HasPrefix(kv, nest.ContextVar+"=") }
	if slices.ContainsFunc(environ, leads) {
		environ = slices.DeleteFunc(slices.Clone(environ), leads)
	}
	return environ
}

// run answers the call: it serves a result, runs the command, or bypasses the
// cache.
func (c *call) run() (Outcome, error) {
	if c.renews() && c.Store != nil {
		c.watch()
	}
	d, err := c.decide()
	defer d.found.close()
	switch d.act {
	case actFail:
		c.outcome.ExitCode = ExitTrouble
		c.withhold("a memo call below failed: " + err.Error())
		return c.outcome, err
	case actBypass:
		c.outcome.Reason, c.outcome.Trouble = d.why, d.trouble
		return c.bypass()
	case actRenew:
		c.outcome.State = Miss
		return c.refreshAlone() // which looks under the lock
	case actGiveUp:
		return c.giveUp()
	case actWarm:
		return c.warm(d.found)
	case actServe:
		if d.why = c.putBack(d.found.Result, d.found.ref); d.why.IsZero() {
			return c.serve(d.found)
		}
	}
	c.outcome.State, c.outcome.Reason = Miss, d.why
	if d.act == actRefuse || c.policy.OnlyCached {
		c.outcome.ExitCode = ExitNothingCached
		c.withhold("a memo call below found nothing recorded")
		return c.outcome, nil
	}
	if c.policy.ThenUpdate {
		c.showKnown()
	}
	if !c.deadline.IsZero() {
		return c.answerInTime()
	}
	return c.fly()
}

// prepare sets the command key and the dependencies.
func (c *call) prepare() error {
	deps, err := fingerprint.ParseDependencies(c.cmd.Deps)
	if err != nil {
		return err
	}
	c.deps = deps
	c.id = c.cmd.identity(c.World, c.keyEnv(), deps)
	if c.id.Outputs, err = output.Patterns(c.cmd.Outputs); err != nil {
		return err
	}
	if c.outputs, err = output.New(c.Store, c.World, c.cmd.Outputs); err != nil {
		return err
	}
	if c.cmd.VersionCmd != "" {
		c.deps = append(c.deps, fingerprint.Dependency{Kind: fingerprint.KindVersion, Pattern: c.cmd.VersionCmd})
	}
	if c.doubts, err = newDoubts(c.cmd.Doubtful, deps); err != nil {
		return err
	}
	if !c.cmd.NoProgram {
		c.deps = append(c.deps, fingerprint.Dependency{Kind: fingerprint.KindProgram, Pattern: c.cmd.exec()[0]})
	}
	if c.cmd.Stdin != nil {
		if c.stdin, err = readInput(c.cmd.Stdin); err != nil {
			return err
		}
		c.id.HasStdin, c.id.Stdin = true, c.stdin.digest
	}
	c.key = c.id.Key()
	c.outcome.Key, c.outcome.Identity = c.key, &c.id
	c.taker = &fingerprint.Taker{World: c.World, Dir: c.World.Dir, Store: c.Store.IDs(), Version: c.version}
	if c.doubts != nil {
		c.taker.Budget, c.taker.Bounded = c.doubts.budget, c.doubts.concern
	}
	return nil
}

// lookup returns a new lookup under this call's policy.
func (c *call) lookup() *lookup {
	return &lookup{
		store:   c.Store,
		taker:   c.taker,
		policy:  c.policy,
		tags:    c.cmd.Tags,
		hasDeps: c.hasDeps(),
		idle:    c.explains,
	}
}

// hasDeps is that of the command.
func (c *call) hasDeps() bool { return c.cmd.HasDeps() }

// search looks for a candidate to serve, unless the call is forced. inTime is
// false if the deadline came first; then the other results are zero.
func (c *call) search() (found *candidate, why Reason, inTime bool) {
	l := c.lookup()
	if c.policy.Force && c.policy.StaleIfError <= 0 {
		return nil, forced(), true
	}
	now := c.World.Now()
	found, inTime = until(c.deadline, func() *candidate { return l.find(c.key, now) })
	if !inTime {
		return nil, Reason{}, false
	}
	c.fallback, c.seen, c.outcome.Variants = l.fallback, l.seen, l.rejected
	switch {
	case c.policy.Force:
		c.keepFallback(found)
		return nil, forced(), true
	case found != nil && !c.servable(found):
		c.outcome.Variants = append(c.outcome.Variants, VariantReason{found.ref, found.Over()})
		c.keepFallback(found)
		return nil, found.Over(), true
	}
	return found, l.reason, true
}

// keepFallback keeps a good candidate that can't be served now, to be served if
// the command fails. It closes any other candidate.
func (c *call) keepFallback(found *candidate) {
	if found == nil {
		return
	}
	late := found.State != Fresh && found.Left <= -c.policy.StaleIfError
	if c.policy.StaleIfError <= 0 || late || !c.policy.success(found.Result.ExitCode) {
		found.close()
		return
	}
	c.fallback.close()
	c.fallback = found
}

// servable reports whether a candidate can be replayed now. A stale candidate
// can if a refresh can follow, or if the policy forbids a run. In the refresher
// it can't, because the run replaces it.
func (c *call) servable(found *candidate) bool {
	switch {
	case found == nil:
		return false
	case found.State == Fresh:
		return true
	case c.renews(), c.policy.ThenUpdate:
		return false
	default:
		return c.Refresh != nil || c.policy.OnlyCached
	}
}

// serve replays a candidate. It starts the refresh of a stale one first, so
// that a slow reader does not delay the refresh.
func (c *call) serve(found *candidate) (Outcome, error) {
	if code := found.Result.ExitCode; !c.policy.success(code) && c.usableFallback() != nil {
		why := failedWith(code)
		why.Text += " " + expiry.FormatSpan(found.Age) + " ago"
		return c.fallBack(why)
	}
	o := &c.outcome
	o.State = Hit
	kind := store.Hit
	if found.State == Stale {
		o.State, o.Reason = StaleHit, found.Over()
		kind = store.StaleHit
		if !c.policy.OnlyCached {
			o.Refreshing = c.refresh()
		}
	}
	c.describe(found)
	c.contributeReplayed(found.Result, found.Hinted())
	o.Saved = found.Result.Elapsed
	if c.renews() {
		return *o, nil // another run was faster
	}
	c.Store.Record(store.Event{Kind: kind, Key: c.key, ID: found.ref.ID, Elapsed: o.Saved, Why: store.Code(o.Reason.Code)})
	return c.replay(found.Reading)
}

// describe fills in the outcome of a replayed result.
func (c *call) describe(found *candidate) {
	o := &c.outcome
	o.ExitCode = found.Result.ExitCode
	o.Age, o.Left, o.NoEnd = found.Age, max(found.Left, 0), found.NoEnd
	o.Elapsed = found.Result.Elapsed
	o.Ref, o.Recorded = found.ref, found.Result
	o.Path = c.Store.ResultPath(found.ref)
}

// warm starts a refresh in the background unless a fresh result is there.
func (c *call) warm(found *candidate) (Outcome, error) {
	o := &c.outcome
	o.State, o.Reason = Miss, because(ReasonWarming, "to be warmed")
	if found != nil && found.State == Fresh {
		o.State, o.Reason = Hit, Reason{}
		c.describe(found)
	} else {
		o.Refreshing = c.refresh()
	}
	o.ExitCode = 0
	return *o, nil
}

// refresh starts a refresh in the background, unless a run is under way or a
// refresh failed a moment ago. It reports whether it started one.
func (c *call) refresh() bool {
	if c.Refresh == nil || c.Store.Locked(c.key) {
		return false
	}
	if err := c.Store.Writable(); err != nil {
		c.outcome.Trouble = "results can't be refreshed: " + storeTrouble(err)
		return false
	}
	stdin, err := c.stdin.open()
	if err != nil {
		c.outcome.Trouble = "start a refresh: " + rootCause(err).Error()
		return false
	}
	defer stdin.Close()
	started, err := c.Refresh(c.key, stdin)
	if err != nil {
		c.outcome.Trouble = "start a refresh: " + rootCause(err).Error()
	}
	return started && err == nil
}
