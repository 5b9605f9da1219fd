package memo

import (
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

// bypass runs the command without the cache. If both outputs are files, the
// command inherits them.
func (c *call) bypass() (Outcome, error) {
	c.outcome.State = Bypass
	c.withhold("a memo call below ran without the cache")
	environ := c.environUnder(c.outer.Context())
	if c.policy.OnlyCached {
		c.outcome.ExitCode = ExitNothingCached
		return c.outcome, nil
	}
	if c.policy.Warm {
		return c.outcome, nil
	}
	stdin, err := c.stdin.open()
	if err != nil {
		return c.unstarted(err)
	}
	defer stdin.Close()
	if c.stdin == nil && c.cmd.Stdin != nil {
		if f, ok := c.cmd.Stdin.(*os.File); ok {
			stdin = f
		} else if stdin, err = feed(c.cmd.Stdin); err != nil {
			return c.unstarted(err)
		}
	}
	c.watch()
	var got capture.Captured
	if c.out[0].File() != nil && c.out[1].File() != nil {
		got, err = c.direct(environ, stdin)
	} else {
		run := &capture.Capture{Out: c.out, Drain: c.Drain, Terms: c.terms(), Now: c.World.Now}
		got, err = c.runCaptured(run, environ, stdin)
	}
	if err != nil {
		return c.unstarted(err)
	}
	o := &c.outcome
	o.ExitCode, o.Elapsed = got.Code, got.Ended.Sub(got.Started)
	if got.TimedOut {
		o.ExitCode = ExitTimeout
	}
	o.Signal, err = c.end(&got)
	if err != nil {
		o.ExitCode = ExitTrouble
	}
	c.sendOutcome(err)
	return *o, err
}

// direct runs the command on the caller's own descriptors.
func (c *call) direct(environ []string, stdin *os.File) (capture.Captured, error) {
	got := capture.Captured{Started: c.World.Now()}
	begun := time.Now()
	command, err := c.terms().Launch(func() (*process.Child, error) {
		return c.start(environ, []*os.File{stdin, c.out[0].File(), c.out[1].File()})
	})
	if err != nil {
		return got, err
	}
	got.Ending = command.Wait()
	got.TimedOut = command.Stop()
	got.Ended = got.Started.Add(time.Since(begun))
	return got, nil
}

// outOfDescriptors reports whether a command could not be started because the
// process or the system ran out of file descriptors. The cache itself holds
// some of them.
func outOfDescriptors(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// withoutCache closes the descriptors that rec and lock hold, and then runs the
// command without the cache.
func (c *call) withoutCache(rec *recording, lock *store.Lock, why error) (Outcome, error) {
	rec.nest.Close()
	rec.spool.Discard()
	if lock != nil {
		lock.Unlock()
	}
	c.outcome.Trouble = rootCause(why).Error()
	c.outcome.Reason = because(ReasonNoDescriptors, c.outcome.Trouble)
	return c.bypass()
}
