package cmd

import (
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// evictName is the hidden command that keeps the store within its bounds.
const evictName = "evict-detached"

// newEvictCmd returns the hidden command that is started detached when a store
// has grown beyond its bounds, or its journal is due.
func newEvictCmd(app *app) *cobra.Command {
	var bounds store.Bounds
	var handler string
	cmd := &cobra.Command{
		Use:    evictName,
		Hidden: true,
		Args:   noArgs,
		RunE: func(*cobra.Command, []string) error {
			refresh.LowerPriority()
			s, err := app.openStore("")
			if err != nil {
				return err
			}
			events, s := app.newEvents(handler, s)
			defer events.flush()
			if _, err := s.Evict(bounds, store.EvictOptions{}); err != nil {
				return err
			}
			return s.CompactLog()
		},
	}
	flags := cmd.Flags()
	flags.Int64Var(&bounds.MaxSize, "max-size", 0, "")
	flags.Int64Var(&bounds.MaxResults, "max-results", 0, "")
	flags.StringVar(&bounds.Policy, "policy", "", "")
	flags.StringVar(&handler, "on-event", "", "")
	return cmd
}
