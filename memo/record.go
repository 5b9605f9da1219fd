package memo

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/docker/go-units"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/output"
	"github.com/seed-f39940ff/memo/store"
)

// finish stores the run if it can be stored, and leaves its outcome to the
// waiters.
func (c *call) finish(rec *recording, lock *store.Lock, got *capture.Captured) {
	o := &c.outcome
	unknown := rec.gather()
	res := c.result(rec, got)
	unusable := c.unusable(rec, got, res)
	if unusable.IsZero() {
		unusable = unknown
	}
	o.NotStored = unusable
	if unusable.IsZero() {
		c.readCarried(res, rec.stdout)
		o.NotStored = c.notKept(rec, res)
	}
	var left *output.Collection
	if o.NotStored.IsZero() {
		left, o.NotStored = c.collect(rec, res)
	}
	c.passUp(rec, res, unusable)
	kind := store.Miss
	if c.renews() && !c.relay.delivered() {
		kind = store.Refresh
	}
	events := []store.Event{{Kind: kind, Key: c.key, Elapsed: o.Elapsed, Why: store.Code(o.Reason.Code)}}
	var ref store.Ref
	if o.NotStored.IsZero() {
		var err error
		ref, err = c.commit(rec, lock, res, left.Added, &events)
		switch {
		case errors.Is(err, store.ErrLogReplaced): // the run may have been invalidated
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
	events[0].NotStored = store.Code(o.NotStored.Code)
	switch {
	case kind != store.Refresh || o.Stored:
	case c.interrupted():
		events = events[1:] // the user or the system ended the run: it did not fail
	default:
		events[0].Kind = store.RefreshFailed
	}
	if o.Trouble != "" {
		events = append(events, store.Event{Kind: store.Failed, Key: c.key})
	}
	if lock != nil && unusable.IsZero() && lock.Waited() {
		c.leave(lock, rec, res, ref)
	}
	c.Store.Record(events...)
	if !o.Stored && !c.cmd.HasTemplate { // a template may be there to keep a word secret
		c.Store.NameCommand(c.key, c.cmd.Argv, c.World.Dir, c.cmd.Scope)
	}
}

// commit puts the result in place and removes the results that it replaces. It
// fails if the invalidation log was replaced since the run began. added is by how
// much the output files made the store grow. It adds what happened to events.
func (c *call) commit(rec *recording, lock *store.Lock, res *store.Result, added int64, events *[]store.Event) (store.Ref, error) {
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
		Kind: store.Stored, Key: c.key, ID: ref.ID, Elapsed: res.Elapsed, Size: rec.spool.Written() + added,
	})
	if c.first && lock != nil && !lock.Waited() {
		return ref, nil // there is nothing to replace, and no call ran without the lock
	}
	good := func(r *store.Result) bool { return c.policy.success(r.ExitCode) }
	// An older variant that can't be removed now does no harm.
	_ = c.Store.Prune(ref, good, func(old store.Ref, size int64) {
		*events = append(*events, store.Event{
			Kind: store.Removed, Reason: store.Replaced, Key: old.Key, ID: old.ID, Size: size,
		})
	})
	return ref, nil
}

// leave hands the outcome to the waiters. If that fails, they run the command
// themselves.
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
		OutputArgs:   c.id.Outputs,
		Created:      expiry.UnixNano(got.Ended),
		Elapsed:      got.Ended.Sub(got.Started),
		ExitCode:     got.Code,
		Lifetimes:    c.policy.lifetimes(c.hasDeps(), got.Ended),
		Tags:         sortedUnique(c.cmd.Tags),
		Fingerprints: rec.prints,
		Mark:         rec.mark,
		Caller:       &store.Caller{Euid: c.id.Euid, Egid: c.id.Egid, DirName: c.id.DirName, Stdin: c.id.Stdin},
	}
	rec.below.Apply(res)
	return res
}

// unusable returns the reason why a run can't answer any other call, or the
// zero Reason.
func (c *call) unusable(rec *recording, got *capture.Captured, res *store.Result) Reason {
	switch {
	case got.TimedOut:
		return because(ReasonTimedOut, "it timed out after "+c.policy.Timeout.String())
	case c.interrupted():
		return because(ReasonInterrupted, "it was interrupted")
	case got.Died != 0:
		return because(ReasonSignaled, "it died of a signal: "+got.Died.String())
	case got.Unknown != nil:
		return because(ReasonExitUnknown, "its exit status could not be read: "+got.Unknown.Error())
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
	if rec.below.NoStore != "" { // what it rests on may have changed before another call began
		return because(ReasonNestedCall, rec.below.NoStore)
	}
	return Reason{}
}

// notKept returns the reason why a usable run is not stored for later calls, or
// the zero Reason.
func (c *call) notKept(rec *recording, res *store.Result) Reason {
	p := c.policy
	if !p.success(res.ExitCode) {
		if p.NegativeTTL <= 0 {
			if res.ExitCode == 0 {
				return because(ReasonCommandFailed, "exit code 0 is not one that counts as success")
			}
			return because(ReasonCommandFailed, fmt.Sprintf("it failed with exit code %d", res.ExitCode))
		}
		return Reason{}
	}
	if p.endsAtOnce(res, c.hasDeps()) {
		return because(ReasonZeroLifetime, "its lifetime is over at once")
	}
	return Reason{}
}

// endsAtOnce reports whether a good result need not be stored, because it is too
// old for every reader from the start. A forced run is stored all the same,
// because it replaces the old result, and the next call with ThenUpdate begins
// with the lines of this one.
func (p *Policy) endsAtOnce(res *store.Result, hasDeps bool) bool {
	span := p.spanOf(res, hasDeps, time.Unix(0, res.Created))
	return !p.Force && !p.ThenUpdate && !span.NoEnd && span.Left <= 0 && p.SWR <= 0 && p.StaleIfError <= 0
}
