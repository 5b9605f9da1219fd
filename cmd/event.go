package cmd

import (
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/event"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// newEvents returns the log of this call's events for a handler, and a store
// that logs the ends of results as events.
func (a *app) newEvents(handler string, s *store.Store) (*event.Log, *store.Store) {
	return event.Watch(s, a.world, a.starter(), handler)
}

// newEventsCmd returns the hidden, detached command that passes events to the
// handler. It reads them from stdin.
func newEventsCmd(app *app) *cobra.Command {
	var handler string
	cmd := newDetachedCmd(refresh.Events, func() error {
		s, err := app.openStore("")
		if err != nil {
			return err
		}
		d := event.Dispatcher{
			Store:   s,
			Handler: handler,
			Environ: app.starter().Outside(),
			Encode:  func(e any) ([]byte, error) { return encodeJSON(e, "") },
		}
		d.Dispatch(app.stdin)
		return nil
	})
	cmd.Flags().StringVar(&handler, "on-event", "", "")
	return cmd
}
