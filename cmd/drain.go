package cmd

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/refresh"
)

// newDrainCmd returns the hidden command that takes over the pipes that
// background processes of a command keep open. It copies descriptors 3 and 4 to
// stdout and stderr until they end.
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

// drain copies a pipe to its end. If a write fails, it continues to read, so
// that the processes at the other end don't die of SIGPIPE.
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

// startDrain hands pipes over to a detached process. That process passes their
// data on to a terminal or a file. It does not inherit a stdout or stderr that
// is a pipe: $(memo run ...) waits for the pipe to end.
func startDrain(app *app, pipes [2]*os.File) error {
	files := []*os.File{nil, os.Stdout, os.Stderr, pipes[0], pipes[1]}
	for i, f := range files[:3] {
		if f != nil && !outlasts(f) {
			files[i] = nil
		}
	}
	return app.starter().Start(refresh.Drain, nil, files...)
}

// outlasts reports whether f may stay open: no reader waits for its end.
func outlasts(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || isatty.IsTerminal(f.Fd()))
}
