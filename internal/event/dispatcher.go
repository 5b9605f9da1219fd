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

// handlerLimit limits the run of the handler for one event.
const handlerLimit = time.Minute

// A Dispatcher runs the handler for events, in the detached process that a [Log]
// starts.
type Dispatcher struct {
	Store   *store.Store
	Handler string   // a script for `sh -c`
	Environ []string // the environment of the handler
	// Encode returns an event as JSON on one line.
	Encode func(event any) ([]byte, error)

	limit time.Duration // for one event; zero: handlerLimit
}

// Dispatch reads all notices and then runs the handler for one after the other.
func (d *Dispatcher) Dispatch(notices io.Reader) {
	if d.limit == 0 {
		d.limit = handlerLimit
	}
	// All notices are read first, so that the writer never waits for the handler.
	text, _ := io.ReadAll(notices) // after an error, those that were read count
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var n notice
		if dec.Decode(&n) != nil {
			return // the end, or the writer was killed
		}
		d.handle(&n)
	}
}

// handle runs the handler for one event, with the output of the result in a
// temporary file. It ignores errors of the handler.
func (d *Dispatcher) handle(n *notice) {
	out := d.output(n.Result)
	if n.Ended {
		d.Store.RemoveAside(n.Result)
	}
	n.Event.Path = ""
	if out != nil {
		n.Event.Path = out.Name()
		defer func() {
			out.Close()
			_ = os.Remove(out.Name()) // if this fails, the file is swept later
		}()
	}
	text, err := d.Encode(n.Event)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", d.Handler)
	cmd.Stdin = bytes.NewReader(append(text, '\n'))
	cmd.Env = append(slices.Clip(d.Environ), Var+"="+n.Event.Event)
	cmd.WaitDelay = time.Second
	inGroup(cmd)
	_ = cmd.Run() // no caller waits for its error
}

// output returns a new file with the stdout of a result, or nil if the result
// can't be read.
func (d *Dispatcher) output(path string) *os.File {
	if path == "" {
		return nil
	}
	rd, err := d.Store.OpenFile(path)
	if err != nil {
		return nil
	}
	defer rd.Close()
	f, err := d.Store.CreateTemp()
	if err != nil {
		return nil
	}
	if copyStdout(f, rd) != nil {
		f.Close()
		_ = os.Remove(f.Name()) // if this fails, the file is swept later
		return nil
	}
	return f
}

// copyStdout verifies a result and writes its stdout to w.
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
