package cmd

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/store"
)

// recall returns a Call that records this call, or nil if it can't be recorded.
func (r *run) recall() *recall.Call {
	if r.store == nil || r.app.dirErr != nil || !r.allowsRecall() {
		return nil
	}
	return recall.Begin(r.store, r.app.world)
}

// recallObstacle returns the reason why recall serves no call in this
// environment, even if it is on, or "".
func recallObstacle(app *app) string {
	for _, name := range []string{"MEMO_DISABLE", nest.ContextVar} {
		if _, set := app.world.LookupEnv(name); set {
			return name + " is set"
		}
	}
	if fewDescriptors() {
		return fmt.Sprintf("fewer than %d file descriptors", descriptorsNeeded)
	}
	cfg, err := app.load(nil, nil)
	if err == nil {
		_, err = app.openStore(cfg.CacheDir)
	}
	var refused *store.RefusedError
	if errors.As(err, &refused) || config.IsTolerable(err) {
		return err.Error()
	}
	return ""
}

// allowsRecall reports whether all settings of this call are ones that a record
// supports.
func (r *run) allowsRecall() bool {
	plain := r.cfg.IsRecallable()
	r.flags.Visit(func(f *pflag.Flag) {
		plain = plain && (r.app.settings.ByFlag(f.Name) != nil || f.Name == "config" || f.Name == "color")
	})
	return plain
}

// record writes a recall record after a hit and after a miss that was stored. A
// detached run that stored a result has looked at the inputs itself: this call
// has not.
func (r *run) record(c *recall.Call, o *memo.Outcome, policy *memo.Policy, err error) {
	again := o.State == memo.Hit && o.Reason.IsZero() ||
		o.State == memo.StaleHit && o.Reason.Code == memo.ReasonStale ||
		o.State == memo.Miss && o.Stored && !o.Relayed
	if c == nil || err != nil || !again || o.Recorded == nil || o.Signal != nil ||
		o.ExitCode != o.Recorded.ExitCode || r.trouble != "" {
		return
	}
	now := r.app.world.Now()
	fresh, stale, ok := policy.Served(o.Recorded, r.cfg.Command.HasDeps(), now)
	if !ok {
		return
	}
	c.Record(&recall.Decision{
		At:          now,
		FreshUntil:  fresh,
		StaleUntil:  stale,
		AnswerUntil: o.AnswerUntil,
		WhyStale:    store.Code(memo.ReasonStale),
		Backoff:     r.backoff(o.Key).Path,
		UsesClock:   r.cfg.Lifetime().UsesClock(),
		Argv:        os.Args,
		Environ:     r.app.environ,
		Key:         o.Key,
		Ref:         o.Ref,
		Path:        o.Path,
		Result:      o.Recorded,
		Replayed:    o.State != memo.Miss,
		Output:      o.Output,
		Answers:     o.Answers,
	})
}
