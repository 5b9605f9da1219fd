package event

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// handlerLimit is how long the handler may take for one event.
const handlerLimit = time.Minute

// A Teller runs the handler of events, in the detached process that a [Log]
// starts.
type Teller struct {
	Store   *store.Store
	Handler string
	Environ []string // of the handler
	// Encode returns an event as JSON on one line.
	Encode func(event any) ([]byte, error)

	limit time.Duration // for one event
}

// Tell reads notices to their end and runs the handler once for each, one after
// the other.
func (t *Teller) Tell(notices io.Reader) {
	if t.limit == 0 {
		t.limit = handlerLimit
	}
	// To the end first, so that no writer waits for the handler.
	text, _ := io.ReadAll(notices) // what was read is handled
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var n notice
		if dec.Decode(&n) != nil {
			return // the end, or the writer was killed
		}
		t.tell(&n)
	}
}

// tell runs the handler for one event. The output of the result lies in a
// file of its own meanwhile. Whatever goes wrong is between the handler and
// its author.
func (t *Teller) tell(n *notice) {
	out := t.output(n.Result)
	if n.Ended {
		t.Store.RemoveAside(n.Result)
	}
	n.Event.Path = ""
	if out != nil {
		n.Event.Path = out.Name()
		defer func() {
			out.Close()
			_ = os.Remove(out.Name()) // what is left is swept
		}()
	}
	text, err := t.Encode(n.Event)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", t.Handler)
	cmd.Stdin = bytes.NewReader(append(text, '\n'))
	cmd.Env = append(slices.Clip(t.Environ), Var+"="+n.Event.Event)
	cmd.WaitDelay = time.Second
	asGroup(cmd)
	_ = cmd.Run() // no caller waits for its error
}

// output returns a new file with what a result has on stdout, nil if that
// can't be read any more.
func (t *Teller) output(path string) *os.File {
	if path == "" {
		return nil
	}
	rd, err := t.Store.OpenFile(path)
	if err != nil {
		return nil
	}
	defer rd.Close()
	f, err := t.Store.CreateTemp()
	if err != nil {
		return nil
	}
	if copyStdout(f, rd) != nil {
		f.Close()
		_ = os.Remove(f.Name()) // what is left is swept
		return nil
	}
	return f
}

// copyStdout writes what a result has on stdout, after the whole of it was
// verified.
func copyStdout(w io.Writer, rd *store.Reading) error {
	if err := rd.Verify(); err != nil {
		return err
	}
	return rd.Chunks(func(stream store.Stream, off, n int64) error {
		if stream != store.Stdout {
			return nil
		}
		_, err := io.Copy(w, io.NewSectionReader(rd, off, n))
		return err
	})
}
