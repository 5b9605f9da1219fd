package cmd

import (
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// evictWait bounds the wait for another eviction, which may miss results that
// were stored after it listed the store.
const evictWait = 2 * time.Second

// An eviction holds the flags of the hidden command.
type eviction struct {
	store, scope store.Bounds // the zero Bounds evict nothing
	name         string       // of the scope
	handler      string       // of events
}

// newEvictCmd returns the hidden, detached command that evicts when a store or
// a scope exceeds its bounds, and that folds a large journal.
func newEvictCmd(app *app) *cobra.Command {
	var e eviction
	cmd := newDetachedCmd(refresh.Evict, func() error { return runEvict(app, &e) })
	flags := cmd.Flags()
	addBoundsFlags(flags, "", &e.store)
	addBoundsFlags(flags, "scope-", &e.scope)
	flags.StringVar(&e.name, "scope", "", "")
	flags.StringVar(&e.handler, "on-event", "", "")
	return cmd
}

func addBoundsFlags(flags *pflag.FlagSet, prefix string, b *store.Bounds) {
	flags.Int64Var(&b.MaxSize, prefix+"max-size", 0, "")
	flags.Int64Var(&b.MaxResults, prefix+"max-results", 0, "")
	flags.StringVar(&b.Policy, prefix+"policy", "", "")
}

// boundsArgs returns the arguments for the flags of [addBoundsFlags].
func boundsArgs(prefix string, b store.Bounds) []string {
	return []string{
		"--" + prefix + "max-size=" + strconv.FormatInt(b.MaxSize, 10),
		"--" + prefix + "max-results=" + strconv.FormatInt(b.MaxResults, 10),
		"--" + prefix + "policy=" + b.Policy,
	}
}

func runEvict(app *app, e *eviction) error {
	s, err := app.openStore("")
	if err != nil {
		return err
	}
	events, s := app.newEvents(e.handler, s)
	defer events.Flush()
	var errs []error
	o := store.EvictOptions{Wait: evictWait}
	if e.scope.MaxSize > 0 || e.scope.MaxResults > 0 {
		_, err := s.EvictScope(e.name, e.scope, false, o)
		errs = append(errs, err)
	}
	if e.store.MaxSize > 0 || e.store.MaxResults > 0 {
		_, err := s.Evict(e.store, o)
		errs = append(errs, err)
	}
	errs = append(errs, s.CompactLog())
	recall.Sweep(s.Path(), app.world.Now())
	return errors.Join(errs...)
}

// evictIfOver starts an eviction if the store or the scope of the call exceeds
// its bounds after the result was stored.
func (r *run) evictIfOver(o *memo.Outcome) {
	var size int64
	if o.Recorded != nil {
		size = o.Recorded.StdoutSize + o.Recorded.StderrSize
		for i := range o.Recorded.Outputs {
			size += o.Recorded.Outputs[i].Size
		}
	}
	var args []string
	if b := r.cfg.Bounds; r.store.OverBounds(b, size) {
		args = boundsArgs("", b)
	}
	if b, ok := r.cfg.BoundsOf(r.cfg.Command.Scope); ok {
		r.store.Enroll(r.cfg.Command.Scope, o.Ref)
		if r.store.ScopeOverBounds(r.cfg.Command.Scope, b, size) {
			args = append(append(args, boundsArgs("scope-", b)...), "--scope="+r.cfg.Command.Scope)
		}
	}
	if args == nil {
		return
	}
	args = append([]string{"--cache-dir=" + r.store.Root(), "--on-event=" + r.cfg.OnEvent}, args...)
	_ = r.app.starter().Start(refresh.Evict, args) // the next call tries again
}
