package memo

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/docker/go-units"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

// A recording is the state of one run that may be stored.
type recording struct {
	mark   store.Mark
	prints []fingerprint.Fingerprint
	spool  *store.Writer
	// refused is why the run can't be stored, known before it begins. It runs
	// all the same.
	refused Reason
	// held is the output while it is not known that it is to be shown; nil if
	// it is shown as it comes.
	held *capture.Held
	// nest is where memo calls below report, below what they reported.
	nest  *nest.Nest
	below nest.Gathered
	// stdout is a copy that the result's lifetime is looked for in, or nil.
	stdout *capture.Limited
}

// execute runs the command, passes its output on and records it. lock is the
// leader's, nil for a call that runs without one.
func (c *call) execute(lock *store.Lock) (Outcome, error) {
	if c.cmd.Stdin == nil && c.Hint != nil && inputWaits(os.Stdin) {
		c.Hint("stdin is not passed to a memoized command; use --stdin if it should read it")
	}
	if c.Begin != nil {
		c.Begin(c.key)
	}
	pauses := c.policy.pauses()
	for left := c.policy.Retry; ; left-- {
		o, err, again := c.attempt(lock, left > 0)
		if !again {
			return o, err
		}
		c.signals.Idle()
		time.Sleep(pauses.NextBackOff())
	}
}

// attempt runs the command once. If it failed and may be run again, nothing
// was shown.
func (c *call) attempt(lock *store.Lock, mayRetry bool) (o Outcome, err error, again bool) {
	rec := c.begin()
	defer rec.spool.Discard()
	environ := c.nest(rec, lock)
	defer rec.nest.Close()
	if mayRetry || c.spare() != nil || c.relay != nil {
		rec.held = &capture.Held{Out: c.out}
		if c.relay != nil {
			rec.held.Wanted = c.relay.awaited
		}
		defer rec.held.Close()
	}
	got, err := c.capture(rec, environ)
	if err != nil && scarce(err) && (!c.renews() || c.relay != nil) {
		o, err = c.withoutCache(rec, lock, err)
		return o, err, false
	}
	if err != nil {
		c.outcome.NotStored = because(ReasonNotStarted, "it could not be started")
		if rec.held != nil && c.spare() != nil {
			o, err = c.fallBack(notStarted(err))
			return o, err, false
		}
		c.tellAnswer(notStarted(err), 0)
		o, err = c.unstarted(err)
		c.tell(err)
		return o, err, false
	}
	c.outcome.ExitCode, c.outcome.Elapsed = got.Code, got.Ended.Sub(got.Started)
	if got.TimedOut {
		c.outcome.ExitCode = ExitTimeout
	}
	shown := rec.held == nil || rec.held.Released()
	if !shown && c.failed(&got) {
		if mayRetry {
			return o, nil, true
		}
		if c.spare() != nil {
			c.finish(rec, lock, &got)
			o, err = c.fallBack(c.failure(&got))
			return o, err, false
		}
	}
	o, err = c.conclude(rec, lock, &got)
	return o, err, false
}

// conclude shows what was held of a run that is not to be repeated, records it
// and tells how it went.
func (c *call) conclude(rec *recording, lock *store.Lock, got *capture.Captured) (Outcome, error) {
	failure := Reason{}
	if c.failed(got) {
		failure = c.failure(got)
	}
	c.tellAnswer(failure, rec.held.Size())
	err := rec.reveal()
	c.finish(rec, lock, got)
	sig, outErr := c.end(got)
	if outErr != nil {
		err = outErr
	}
	if c.outcome.Signal = sig; err != nil {
		c.outcome.ExitCode = ExitTrouble
	}
	c.tell(err)
	return c.outcome, err
}

// failed reports whether a run failed by itself: nobody interrupted it.
func (c *call) failed(got *capture.Captured) bool {
	if len(c.signals.Received()) > 0 {
		return false
	}
	return got.TimedOut || got.Died != 0 || got.Unknown != nil || !c.policy.success(got.Code)
}

// reveal shows what was held.
func (rec *recording) reveal() error {
	if rec.held == nil {
		return nil
	}
	return rec.held.Release()
}

// begin takes the fingerprints and prepares the spool. Trouble here means
// that the run will not be stored.
func (c *call) begin() *recording {
	rec := &recording{stdout: c.policy.copyOfStdout()}
	rec.spool = c.Store.NewWriter(c.key)
	rec.spool.MaxSize = c.policy.MaxOutput
	if rec.spool.MaxSize == 0 {
		rec.spool.MaxSize = DefaultMaxOutput
	}
	var err error
	if rec.mark, err = c.Store.Mark(); err != nil {
		rec.refused = because(ReasonWriteFailed, unwritable(err))
		c.outcome.Trouble = rec.refused.Text
		return rec
	}
	for _, dep := range c.deps {
		fp := c.taker.Take(dep)
		if fp.Err != "" && rec.refused.IsZero() {
			rec.refused = Reason{Code: ReasonDependencyUnreadable, Subject: dep.Pattern, Text: fp.Err}
		}
		rec.prints = append(rec.prints, fp)
	}
	return rec
}

// capture runs the command's words.
func (c *call) capture(rec *recording, environ []string) (capture.Captured, error) {
	stdin, err := c.stdin.open()
	if err != nil {
		return capture.Captured{}, err
	}
	defer stdin.Close()
	c.watch()
	run := &capture.Capture{
		Out:    c.out,
		Spool:  rec.spool,
		Held:   rec.held,
		Stdout: rec.stdout,
		Drain:  c.Drain,
		Terms:  c.terms(),
		Now:    c.World.Now,
	}
	return c.through(run, environ, stdin)
}

// through runs the command through a capture.
func (c *call) through(run *capture.Capture, environ []string, stdin *os.File) (capture.Captured, error) {
	run.Start = func(files []*os.File) (*process.Child, error) { return c.start(environ, files) }
	c.relay.starting()
	got, err := run.Run(stdin)
	c.relay.started(err)
	return got, err
}

// unstarted is the outcome of a command that could not be started.
func (c *call) unstarted(err error) (Outcome, error) {
	c.outcome.ExitCode = startCode(err)
	c.withhold("the command of a memo call below could not be started")
	return c.outcome, &StartError{Program: c.cmd.exec()[0], Err: err}
}

// end decides how this process ends after a run: by a signal that both the
// command and this process received, by the broken pipe, or with an error.
func (c *call) end(got *capture.Captured) (os.Signal, error) {
	if got.Died != 0 && slices.Contains(c.signals.Received(), os.Signal(got.Died)) {
		return got.Died, nil
	}
	sig, err := outputError(c.out)
	if sig == nil && got.Cut && got.Died == syscall.SIGPIPE && process.DiesOfPipe() {
		sig = syscall.SIGPIPE
	}
	return sig, err
}

// finish stores the run if it can be, and leaves its outcome to those who
// wait for it.
func (c *call) finish(rec *recording, lock *store.Lock, got *capture.Captured) {
	o := &c.outcome
	blind := rec.gather()
	res := c.result(rec, got)
	unsound := c.unsound(rec, got, res)
	if unsound.IsZero() {
		unsound = blind
	}
	o.NotStored = unsound
	if unsound.IsZero() {
		c.carry(res, rec.stdout)
		o.NotStored = c.unwanted(rec, res)
	}
	c.passUp(rec, res, unsound)
	kind := store.Miss
	if c.renews() && !c.relay.took() {
		kind = store.Refresh
	}
	events := []store.Event{{Kind: kind, Key: c.key, Elapsed: o.Elapsed}}
	var ref store.Ref
	if o.NotStored.IsZero() {
		var err error
		ref, err = c.commit(rec, lock, res, &events)
		switch {
		case errors.Is(err, store.ErrLogReplaced): // what has ended since is not known
			o.NotStored = because(ReasonLogUnknown, err.Error()+" while it ran")
		case err != nil:
			o.NotStored = because(ReasonWriteFailed, "it can't be written: "+storeTrouble(err))
			o.Trouble = "result not stored: " + o.NotStored.Text
		default:
			o.Stored, o.Path = true, c.Store.ResultPath(ref)
			o.Ref, o.Recorded, o.Output = ref, res, rec.spool.Reading()
			span := c.policy.spanOf(res, c.hasDeps(), time.Unix(0, res.Created))
			o.Left, o.NoEnd = max(span.Left, 0), span.NoEnd
		}
	}
	if kind == store.Refresh && !o.Stored {
		events[0].Kind = store.RefreshFailed
	}
	if o.Trouble != "" {
		events = append(events, store.Event{Kind: store.Failed, Key: c.key})
	}
	if lock != nil && unsound.IsZero() && lock.Waited() {
		c.leave(lock, rec, res, ref)
	}
	c.Store.Record(events...)
}

// commit puts the result in place, in the invalidation log's era in which it
// was made, and removes what it replaces. It adds what happened to events.
func (c *call) commit(rec *recording, lock *store.Lock, res *store.Result, events *[]store.Event) (store.Ref, error) {
	release, err := c.Store.HoldLog(rec.mark)
	if err != nil {
		return store.Ref{}, err
	}
	defer release()
	ref, err := rec.spool.Commit(res)
	if err != nil {
		return ref, err
	}
	(*events)[0].ID = ref.ID
	*events = append(*events, store.Event{
		Kind: store.Stored, Key: c.key, ID: ref.ID, Elapsed: res.Elapsed, Size: rec.spool.Written(),
	})
	if c.first && lock != nil && !lock.Waited() {
		return ref, nil // there was nothing to replace, and nobody went past the lock
	}
	good := func(r *store.Result) bool { return c.policy.success(r.ExitCode) }
	// What can't be removed now is an older variant, which does no harm.
	_ = c.Store.Prune(ref, good, func(old store.Ref, size int64) {
		*events = append(*events, store.Event{
			Kind: store.Removed, Reason: store.Replaced, Key: old.Key, ID: old.ID, Size: size,
		})
	})
	return ref, nil
}

// leave hands the outcome to the waiters; without it they run by themselves.
func (c *call) leave(lock *store.Lock, rec *recording, res *store.Result, ref store.Ref) {
	started, ended := res.Created-int64(res.Elapsed), res.Created
	if c.outcome.Stored {
		_ = lock.LeaveStored(ref, started, ended)
		return
	}
	_ = lock.LeaveEmbedded(started, ended, func(f *os.File, off int64) error {
		return rec.spool.WriteTo(f, off, res)
	})
}

// result describes a run for the store.
func (c *call) result(rec *recording, got *capture.Captured) *store.Result {
	res := &store.Result{
		Key:          c.key,
		Scope:        c.cmd.Scope,
		Argv:         c.cmd.Argv,
		Dir:          c.World.Dir,
		AnyDir:       c.cmd.AnyDir,
		Shell:        c.cmd.Shell,
		NoProgram:    c.cmd.NoProgram,
		Stdin:        c.id.HasStdin,
		Template:     c.cmd.HasTemplate,
		Patterns:     c.id.Patterns,
		Env:          c.id.Env,
		VersionCmd:   c.cmd.VersionCmd,
		DepArgs:      c.id.Deps,
		Created:      expiry.UnixNano(got.Ended),
		Elapsed:      got.Ended.Sub(got.Started),
		ExitCode:     got.Code,
		Lifetimes:    c.policy.lifetimes(c.hasDeps(), got.Ended),
		Tags:         sortedUnique(c.cmd.Tags),
		Fingerprints: rec.prints,
		Mark:         rec.mark,
	}
	rec.below.Apply(res)
	return res
}

// unsound returns why a run can be given to nobody else, or no reason.
func (c *call) unsound(rec *recording, got *capture.Captured, res *store.Result) Reason {
	switch {
	case got.TimedOut:
		return because(ReasonTimedOut, "it timed out after "+c.policy.Timeout.String())
	case len(c.signals.Received()) > 0:
		return because(ReasonInterrupted, "it was interrupted")
	case got.Died != 0:
		return because(ReasonSignaled, "it died of a signal: "+got.Died.String())
	case got.Unknown != nil:
		return because(ReasonExitUnknown, "nobody knows how it ended: "+got.Unknown.Error())
	case got.Stayed:
		return because(ReasonBackgroundWriter, "something in the background kept its output open")
	case got.Cut:
		return because(ReasonReaderLeft, "the reader of its output left before it ended")
	case !rec.refused.IsZero():
		return rec.refused
	}
	if err := rec.spool.Err(); err != nil {
		var large *store.TooLargeError
		if errors.As(err, &large) {
			return because(ReasonTooLarge, fmt.Sprintf("its output is larger than %s (--max-output)", units.BytesSize(float64(large.Limit))))
		}
		reason := storeTrouble(err)
		c.outcome.Trouble = "result not stored: " + reason
		return because(ReasonWriteFailed, reason)
	}
	c.versions.forget()
	for i := range rec.prints {
		fp := &rec.prints[i]
		if !c.taker.Stayed(fp) {
			return dependencyChanged("a dependency changed while it ran: ", fp, c.taker.ExplainStayed(fp))
		}
	}
	if end, ended := c.Store.Since(rec.mark).Ended(res); ended {
		return EndedBy(end)
	}
	return Reason{}
}

// unwanted returns why a sound run is not to be kept for later, or no reason.
func (c *call) unwanted(rec *recording, res *store.Result) Reason {
	p := c.policy
	if rec.below.NoStore != "" {
		return because(ReasonNestedCall, rec.below.NoStore)
	}
	if !p.success(res.ExitCode) {
		if p.NegativeTTL <= 0 {
			if res.ExitCode == 0 {
				return because(ReasonCommandFailed, "exit code 0 is not one that counts as success")
			}
			return because(ReasonCommandFailed, fmt.Sprintf("it failed with exit code %d", res.ExitCode))
		}
		return Reason{}
	}
	span := p.spanOf(res, c.hasDeps(), time.Unix(0, res.Created))
	// A forced run is stored all the same: it replaces what was there.
	if !p.Force && !span.NoEnd && span.Left <= 0 && p.SWR <= 0 && p.StaleIfError <= 0 {
		return because(ReasonZeroLifetime, "its lifetime is over at once")
	}
	return Reason{}
}
