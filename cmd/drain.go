package cmd

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/refresh"
)

// newDrainCmd returns the hidden command that takes over the pipes of a
// command that something in the background keeps open: descriptors 3 and 4 are
// read to their end and written to stdout and stderr as long as those take it.
func newDrainCmd() *cobra.Command {
	return newDetachedCmd(refresh.Drain, func() error {
		done := make(chan struct{})
		for entry, to := range []io.Writer{os.Stdout, os.Stderr} {
			go func() {
				drain(refresh.Handed(entry, "pipe"), to)
				done <- struct{}{}
			}()
		}
		<-done
		<-done
		return nil
	})
}

// drain copies a pipe to its end and goes on reading when there is nowhere to
// write to any more, so that the process at the other end does not die of it.
func drain(from *os.File, to io.Writer) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if to != nil && n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				to = nil
			}
		}
		if err != nil {
			return
		}
	}
}

// startDrain hands pipes over to a detached process. What comes out of them
// goes on to a terminal or a file; a pipe is let go, for its reader waits for
// its end, so that $(memo run ...) returns.
func startDrain(app *app, pipes [2]*os.File) error {
	files := []*os.File{nil, os.Stdout, os.Stderr, pipes[0], pipes[1]}
	for i, f := range files[:3] {
		if f != nil && !outlasts(f) {
			files[i] = nil
		}
	}
	return app.starter().Start(refresh.Drain, nil, files...)
}

// outlasts reports whether no reader waits for the end of an output.
func outlasts(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || isatty.IsTerminal(f.Fd()))
}
