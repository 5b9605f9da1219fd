package memo

import (
	"os"
	"slices"
	"syscall"
	"time"

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
	// refused is why the run can't be stored, if that is known before it
	// begins. The command runs all the same.
	refused Reason
	// held is the output that is not shown yet; nil if it is shown as it comes.
	held *capture.Held
	// nest receives the reports of nested calls; below is their sum.
	nest  *nest.Nest
	below nest.Gathered
	// stdout is the copy of stdout from which the lifetime is read, or nil.
	stdout *capture.Limited
}

// execute runs the command, passes its output on, and records it. lock is the
// leader's lock; it is nil for a call that runs without one.
func (c *call) execute(lock *store.Lock) (Outcome, error) {
	if c.cmd.Stdin == nil && c.Hint != nil && InputWaits(os.Stdin) {
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

// attempt runs the command once. again says that the command failed, that
// nothing of its output was shown, and that it may be retried.
func (c *call) attempt(lock *store.Lock, mayRetry bool) (o Outcome, err error, again bool) {
	rec := c.begin()
	defer rec.spool.Discard()
	if err := c.overlap(rec); err != nil {
		c.outcome.ExitCode = ExitTrouble
		c.withhold("a memo call below failed: " + err.Error())
		return c.outcome, err, false
	}
	environ := c.nest(rec, lock)
	defer rec.nest.Close()
	rec.held = c.hold(mayRetry)
	defer rec.held.Close()
	got, err := c.capture(rec, environ)
	if err != nil && outOfDescriptors(err) && c.awaited() {
		o, err = c.withoutCache(rec, lock, err)
		return o, err, false
	}
	if err != nil {
		c.outcome.NotStored = because(ReasonNotStarted, "it could not be started")
		if rec.held != nil && c.usableFallback() != nil {
			o, err = c.fallBack(notStarted(err))
			return o, err, false
		}
		c.sendAnswer(notStarted(err), 0)
		o, err = c.unstarted(err)
		c.sendOutcome(err)
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
		if c.usableFallback() != nil {
			c.finish(rec, lock, &got)
			o, err = c.fallBack(c.failure(&got))
			return o, err, false
		}
	}
	o, err = c.conclude(rec, lock, &got)
	return o, err, false
}

// hold returns a buffer for output that is shown only once the outcome is
// known, or nil if output is shown as it comes.
func (c *call) hold(mayRetry bool) *capture.Held {
	switch {
	case c.relay != nil:
		return &capture.Held{Out: c.out, Wanted: c.relay.awaited}
	case mayRetry || c.usableFallback() != nil:
		return &capture.Held{Out: c.out}
	}
	return nil
}

// conclude shows the held output of the last attempt, records the run, and
// returns its outcome.
func (c *call) conclude(rec *recording, lock *store.Lock, got *capture.Captured) (Outcome, error) {
	failure := Reason{}
	if c.failed(got) {
		failure = c.failure(got)
	}
	c.sendAnswer(failure, rec.held.Size())
	err := rec.release()
	c.finish(rec, lock, got)
	sig, outErr := c.end(got)
	if outErr != nil {
		err = outErr
	}
	if c.outcome.Signal = sig; err != nil {
		c.outcome.ExitCode = ExitTrouble
	}
	c.sendOutcome(err)
	return c.outcome, err
}

// failed reports whether a run failed without being interrupted.
func (c *call) failed(got *capture.Captured) bool {
	if c.interrupted() {
		return false
	}
	return got.TimedOut || got.Died != 0 || got.Unknown != nil || !c.policy.success(got.Code)
}

// interrupted reports whether this process has received a signal.
func (c *call) interrupted() bool { return len(c.signals.Received()) > 0 }

// release shows the held output.
func (rec *recording) release() error {
	if rec.held == nil {
		return nil
	}
	return rec.held.Release()
}

// begin takes the fingerprints and prepares the spool. If either fails, the run
// is not stored.
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

// capture runs the command and records its output.
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
	return c.runCaptured(run, environ, stdin)
}

// runCaptured runs the command under a capture.
func (c *call) runCaptured(run *capture.Capture, environ []string, stdin *os.File) (capture.Captured, error) {
	run.Start = func(files []*os.File) (*process.Child, error) { return c.start(environ, files) }
	c.relay.starting()
	got, err := run.Run(stdin)
	c.relay.started(err)
	return got, err
}

// unstarted returns the outcome of a command that could not be started.
func (c *call) unstarted(err error) (Outcome, error) {
	c.outcome.ExitCode = startCode(err)
	c.withhold("the command of a memo call below could not be started")
	return c.outcome, &StartError{Program: c.cmd.exec()[0], Err: err}
}

// end returns how this process ends after a run: by a signal that killed the
// command and that this process also received, by SIGPIPE, or with an error.
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
