package cmd

import (
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/event"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// newEvents returns the events of this call for a handler, and the store in
// which the ends of results are events too.
func (a *app) newEvents(handler string, s *store.Store) (*event.Log, *store.Store) {
	return event.Watch(s, a.world, withoutMarkers(a.environ), handler)
}

// newEventsCmd returns the hidden command that is started detached when there
// are events to tell. It reads them from stdin.
func newEventsCmd(app *app) *cobra.Command {
	var handler string
	cmd := &cobra.Command{
		Use:    event.CommandName,
		Hidden: true,
		Args:   noArgs,
		RunE: func(*cobra.Command, []string) error {
			refresh.LowerPriority()
			s, err := app.openStore("")
			if err != nil {
				return err
			}
			t := event.Teller{
				Store:   s,
				Handler: handler,
				Environ: withoutMarkers(app.environ),
				Encode:  func(e any) ([]byte, error) { return encodeJSON(e, "") },
			}
			t.Tell(app.stdin)
			return nil
		},
	}
	cmd.Flags().StringVar(&handler, "on-event", "", "")
	return cmd
}
