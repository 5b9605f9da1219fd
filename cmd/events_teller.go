package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// eventsName is the hidden command that tells events.
const eventsName = "events-detached"

// eventLimit is how long the handler may take for one event.
const eventLimit = time.Minute

// newEventsCmd returns the hidden command that is started detached when there
// are events to tell. It reads notices from stdin and runs the handler once
// for each, one after the other.
func newEventsCmd(app *app) *cobra.Command {
	t := teller{app: app, limit: eventLimit}
	cmd := &cobra.Command{
		Use:    eventsName,
		Hidden: true,
		Args:   noArgs,
		RunE: func(*cobra.Command, []string) (err error) {
			refresh.LowerPriority()
			if t.store, err = app.openStore(""); err != nil {
				return err
			}
			// To the end first: nobody is to wait for the handler.
			text, _ := io.ReadAll(app.stdin) // what was read is told
			for dec := json.NewDecoder(bytes.NewReader(text)); ; {
				var n notice
				if dec.Decode(&n) != nil {
					return nil // the end, or the writer was killed
				}
				t.tell(&n)
			}
		},
	}
	cmd.Flags().StringVar(&t.handler, "on-event", "", "")
	return cmd
}

// A teller runs the handler of events.
type teller struct {
	app     *app
	store   *store.Store
	handler string
	limit   time.Duration // for one event
}

// tell runs the handler for one event. The output of the result lies in a
// file of its own meanwhile. Whatever goes wrong is between the handler and
// its author.
func (t *teller) tell(n *notice) {
	out := t.output(n.Result)
	if n.Ended {
		_ = os.Remove(n.Result) // what is left is swept
	}
	n.Event.Path = ""
	if out != nil {
		n.Event.Path = out.Name()
		defer func() {
			out.Close()
			_ = os.Remove(out.Name()) // what is left is swept
		}()
	}
	text, err := encodeJSON(n.Event, "")
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", t.handler)
	cmd.Stdin = bytes.NewReader(append(text, '\n'))
	cmd.Env = append(withoutMarkers(t.app.environ), eventVar+"="+n.Event.Event)
	cmd.WaitDelay = time.Second
	asGroup(cmd)
	_ = cmd.Run() // there is nobody to tell
}

// output returns a new file with what a result has on stdout, nil if that
// can't be read any more.
func (t *teller) output(path string) *os.File {
	if path == "" {
		return nil
	}
	rd, err := t.store.OpenFile(path)
	if err != nil {
		return nil
	}
	defer rd.Close()
	f, err := t.store.CreateTemp()
	if err != nil {
		return nil
	}
	if copyOutput(f, rd, func(st store.Stream) bool { return st == store.Stdout }) != nil {
		f.Close()
		_ = os.Remove(f.Name()) // what is left is swept
		return nil
	}
	return f
}
