package cmd

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/store"
)

type gcOptions struct {
	maxSize string
	expired bool
	dryRun  bool
	json    bool
}

// gcWait bounds the wait of `memo gc` for an eviction in the background.
const gcWait = time.Minute

// newGCCmd returns `memo gc`.
func newGCCmd(app *app) *cobra.Command {
	var o gcOptions
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Evict results now, and recount the store",
		Long: `Bring the store within its bounds now. If it exceeds a bound, memo evicts the
least valuable results until the store is at 90 % of the bound. The setting
eviction says which results these are: lru (the default; the least recently
used), lfu (the fewest hits), fifo (the oldest) or gdsf (the least run time
saved per byte). Scopes with bounds of their own come first.

gc also removes the leftovers of killed processes, and the results of an older
memo in another format once they have not been used for 30 days. It makes the
figures of memo stats exact.

With --expired, gc first removes the invalidated results and those that have
expired by the lifetime that their own run declared.`,
		Example: `  memo gc
  memo gc --max-size 100MiB
  memo gc --expired --dry-run`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return runGC(app, o) },
	}
	flags := cmd.Flags()
	flags.Var(config.NewCheckedFlag(&o.maxSize, "SIZE", config.SizeKind), "max-size", "evict down to SIZE, such as 500MiB, instead of the configured bound")
	flags.BoolVar(&o.expired, "expired", false, "remove expired and invalidated results first")
	flags.BoolVar(&o.dryRun, "dry-run", false, "only print what gc would remove")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	return cmd
}

// gcReport is the output of `memo gc --json`. Results and Size are those that
// remain.
type gcReport struct {
	Results     int64 `json:"results"`
	Size        int64 `json:"size"`
	Expired     int64 `json:"expired"`
	ExpiredSize int64 `json:"expired_size"`
	Evicted     int64 `json:"evicted"`
	EvictedSize int64 `json:"evicted_size"`
	Leftovers   int64 `json:"leftovers"`
	Older       int64 `json:"older_formats"` // directories of older formats
	OlderSize   int64 `json:"older_formats_size"`
	DryRun      bool  `json:"dry_run"`
}

func runGC(app *app, o gcOptions) error {
	cfg, s, err := app.openToChange(nil, nil, (*config.Setting).IsBound)
	if err != nil {
		return err
	}
	events, s := app.newEvents(cfg.OnEvent, s)
	defer events.Flush()
	bounds := cfg.Bounds
	if o.maxSize != "" {
		if bounds.MaxSize, err = config.ParseSize(o.maxSize); err != nil {
			return usagef("--max-size: %v", err)
		}
	}
	report := gcReport{DryRun: o.dryRun}
	gone := map[store.Ref]bool{}
	if o.expired {
		if err := report.endExpired(app, s, gone); err != nil {
			return err
		}
	}
	evict := store.EvictOptions{
		Wait:   gcWait,
		DryRun: o.dryRun,
		Filter: func(ref store.Ref) bool { return !gone[ref] },
		On:     func(ref store.Ref, _ int64) { gone[ref] = true },
	}
	if err := report.evictScopes(cfg, s, evict); err != nil {
		return err
	}
	ev, err := s.Evict(bounds, evict)
	if err != nil && !isGone(err) {
		return err
	}
	report.Results, report.Size = ev.Results-ev.Removed, ev.Size-ev.RemovedSize
	report.Evicted += ev.Removed
	report.EvictedSize += ev.RemovedSize
	report.Leftovers = ev.Swept
	if report.Older, report.OlderSize, err = s.RemoveOlder(o.dryRun); err != nil {
		return err
	}
	if !o.dryRun {
		if err := s.CompactLog(); err != nil && !errors.Is(err, store.ErrBusy) {
			return err
		}
		recall.Sweep(s.Path(), app.world.Now())
	}
	if o.json {
		return printJSON(app.stdout, report)
	}
	return report.print(app)
}

// evictScopes evicts from the scopes that have bounds of their own.
func (r *gcReport) evictScopes(cfg *config.Config, s *store.Store, o store.EvictOptions) error {
	for _, scope := range cfg.Scopes {
		ev, err := s.EvictScope(scope.Name, scope.Bounds, true, o)
		if err != nil && !isGone(err) {
			return err
		}
		r.Evicted += ev.Removed
		r.EvictedSize += ev.RemovedSize
	}
	return nil
}

// endExpired removes expired and invalidated results and adds them to gone.
func (r *gcReport) endExpired(app *app, s *store.Store, gone map[store.Ref]bool) error {
	now := app.world.Now()
	n, err := s.End(store.EndOptions{
		DryRun: r.DryRun,
		Reason: store.Expired,
		Match: func(res *store.Result) bool {
			_, ended := s.Since(res.Mark).Ended(res)
			return ended || memo.Recorded(res, now).State == memo.Expired
		},
		On: func(ref store.Ref, rd *store.Reading) {
			gone[ref] = true
			r.ExpiredSize += rd.Size()
		},
	})
	r.Expired = int64(n)
	return err
}

func (r *gcReport) print(app *app) error {
	removed, would := "removed", ""
	if r.DryRun {
		removed, would = "to remove", "would be "
	}
	text := fmt.Sprintf("%s%s, %s left\n", would, count(r.Results, "result", "results"), bytesText(r.Size))
	if r.Evicted > 0 || r.Expired == 0 {
		text = fmt.Sprintf("%s %s, %s\n", removed, count(r.Evicted, "result", "results"), bytesText(r.EvictedSize)) + text
	}
	if r.Expired > 0 {
		text = fmt.Sprintf("%s %s, expired by the lifetime of the run that made it or invalidated\n", removed, count(r.Expired, "result", "results")) + text
	}
	if r.Leftovers > 0 {
		text = fmt.Sprintf("%s %s of killed processes\n", removed, count(r.Leftovers, "leftover", "leftovers")) + text
	}
	if r.Older > 0 {
		text = fmt.Sprintf("%s %s of an older format, %s\n", removed, count(r.Older, "directory", "directories"), bytesText(r.OlderSize)) + text
	}
	_, err := fmt.Fprint(app.stdout, app.newStyle(app.stdout).wrapLines(text))
	return err
}
