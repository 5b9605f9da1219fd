package cmd

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

type statsOptions struct {
	since string
	json  bool
}

// newStatsCmd returns `memo stats` and `memo stats reset`.
func newStatsCmd(app *app) *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Show how much the cache saved",
		Long: `Show hits, misses by reason, refreshes and errors, runs that were not stored by
reason, the run time that was saved, the size of the store against its bound,
and the commands that saved and cost most. Older figures are kept by the hour,
for 90 days.`,
		Example: `  memo stats
  memo stats --since 7d
  memo stats --json | jq .miss_reasons
  memo stats reset`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return runStats(app, o) },
	}
	cmd.Flags().Var(config.NewCheckedFlag(&o.since, "DUR", config.DurationKind), "since", "only the last DUR, such as 24h or 7d")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.AddCommand(&cobra.Command{
		Use:   "reset",
		Short: "Start counting anew; results stay",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return runStatsReset(app) },
	})
	return cmd
}

// statsReport is `memo stats --json`.
type statsReport struct {
	Since           *time.Time `json:"since"` // null: nothing was counted
	Hits            int64      `json:"hits"`
	StaleHits       int64      `json:"stale_hits"`
	Misses          int64      `json:"misses"`
	HitRate         float64    `json:"hit_rate"`
	Refreshes       int64      `json:"refreshes"`
	RefreshesFailed int64      `json:"refreshes_failed"`
	Errors          int64      `json:"errors"`
	Bypasses        int64      `json:"bypasses"`
	Stored          int64      `json:"stored"`
	Evictions       int64      `json:"evictions"`
	Invalidated     int64      `json:"invalidated"`
	Expired         int64      `json:"expired"`
	Corrupt         int64      `json:"corrupt"`
	SavedMS         int64      `json:"saved_ms"`
	CostMS          int64      `json:"cost_ms"`
	Size            int64      `json:"size"`
	MaxSize         int64      `json:"max_size"`
	Results         int64      `json:"results"`
	MaxResults      int64      `json:"max_results"`
	// The reasons are counts by the names of reason codes, also when empty.
	MissReasons  map[string]int64 `json:"miss_reasons"`
	StaleReasons map[string]int64 `json:"stale_reasons"`
	NotStored    map[string]int64 `json:"not_stored"`
	Commands     []commandRow     `json:"commands"`
	Hours        []hourRow        `json:"hours"`

	saved, cost time.Duration
	counts      *store.Counts
}

// A commandRow is how one command was used.
type commandRow struct {
	Key     string   `json:"key"`
	Command []string `json:"command"`
	Cwd     string   `json:"cwd"`
	Scope   string   `json:"scope"`
	Hits    int64    `json:"hits"`
	Misses  int64    `json:"misses"`
	SavedMS int64    `json:"saved_ms"`
	CostMS  int64    `json:"cost_ms"`

	saved, cost time.Duration
}

// An hourRow is what happened in one hour.
type hourRow struct {
	Start     time.Time `json:"start"`
	Hits      int64     `json:"hits"`
	StaleHits int64     `json:"stale_hits"`
	Misses    int64     `json:"misses"`
	SavedMS   int64     `json:"saved_ms"`
}

func runStats(app *app, o statsOptions) error {
	var since time.Time
	now := app.world.Now()
	if o.since != "" {
		d, err := expiry.ParseDuration(o.since)
		if err != nil {
			return err
		}
		since = now.Add(-d)
	}
	cfg, s, err := app.openToShow(nil, nil)
	if err != nil {
		return err
	}
	st, err := s.Stats(since)
	if err != nil {
		return fmt.Errorf("read figures: %w", err)
	}
	report := newStatsReport(&st, cfg.Bounds)
	if o.json {
		return printJSON(app.stdout, report)
	}
	return printStats(app.stdout, app.newStyle(app.stdout), report, since, now)
}

func newStatsReport(st *store.Stats, bounds store.Bounds) *statsReport {
	r := &statsReport{
		Hits: st.Hits, StaleHits: st.StaleHits, Misses: st.Misses, HitRate: st.HitRate(),
		Refreshes: st.Refreshes, RefreshesFailed: st.RefreshesFailed, Errors: st.Errors, Bypasses: st.Bypasses,
		Stored: st.Stored, Evictions: st.Evictions, Invalidated: st.Invalidated, Expired: st.Expired, Corrupt: st.Corrupt,
		SavedMS: st.Saved.Milliseconds(), CostMS: st.Cost.Milliseconds(),
		Size: st.Size, MaxSize: bounds.MaxSize, Results: st.Results, MaxResults: bounds.MaxResults,
		MissReasons: byName(st.MissReasons), StaleReasons: byName(st.StaleReasons), NotStored: byName(st.NotStored),
		Commands: []commandRow{}, Hours: []hourRow{},
		saved: st.Saved, cost: st.Cost, counts: &st.Counts,
	}
	if !st.Since.IsZero() {
		r.Since = &st.Since
	}
	for i := range st.Commands {
		c := &st.Commands[i]
		r.Commands = append(r.Commands, commandRow{
			Key: c.Key.String(), Command: orEmpty(c.Argv), Cwd: c.Dir, Scope: c.Scope,
			Hits: c.Hits, Misses: c.Misses, SavedMS: c.Saved.Milliseconds(), CostMS: c.Cost.Milliseconds(),
			saved: c.Saved, cost: c.Cost,
		})
	}
	for i := range st.Buckets {
		b := &st.Buckets[i]
		r.Hours = append(r.Hours, hourRow{b.Start, b.Hits, b.StaleHits, b.Misses, b.Saved.Milliseconds()})
	}
	return r
}

// byName returns counts by the names of their reasons. Those of a later version
// of memo are all called the same.
func byName(counts store.ReasonCounts) map[string]int64 {
	named := map[string]int64{}
	for code, n := range counts {
		named[memo.ReasonCode(code).String()] += n
	}
	return named
}

func runStatsReset(app *app) error {
	_, s, err := app.openToChange(nil, nil, nil)
	if err != nil {
		return err
	}
	if err := s.ResetStats(); err != nil && !isGone(err) {
		return err
	}
	return nil
}
