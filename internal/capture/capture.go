package capture

import (
	"os"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// Both are counted by a [process.Stopwatch].

	// leaveGrace is how long a capture goes on after the reader of a stream has
	// left. Most commands end in that time and can be recorded.
	leaveGrace = 2 * time.Second
	// StayGrace is how long a capture waits for the ends of the pipes after the
	// command has exited.
	StayGrace = 500 * time.Millisecond
	// ReadSize is the size of a read from a pipe, in bytes: a pipe on Linux holds
	// as much. firstRead is the size of reads until one fills its buffer.
	ReadSize  = 64 << 10
	firstRead = 4 << 10
)

// A Capture is one run of a command. It writes the output to the sinks as it
// reads it, and spools it for the store.
type Capture struct {
	Out   [2]*Sink
	Spool *store.Writer // nil: the output is not recorded
	// Held, if it is not nil, receives the output instead of the sinks.
	Held *Held
	// Stdout, if it is not nil, receives a copy of stdout.
	Stdout *Limited
	// Drain takes over the reading ends of pipes that another process keeps open
	// after the command has exited.
	Drain func(pipes [2]*os.File) error
	// Terms are the terms under which the command runs.
	Terms process.Terms
	// Start starts the command with these files as its descriptors 0, 1 and 2.
	Start func(files []*os.File) (*process.Child, error)
	// Now is the clock for the start and end of the run.
	Now func() time.Time
}

// Captured describes a run that has ended.
type Captured struct {
	Started time.Time
	Ended   time.Time
	process.Ending
	TimedOut bool
	Stayed   bool // another process kept a pipe open
	Cut      bool // a pipe was closed before its end
}

// emit passes on and records a piece of output from pipe i.
func (c *Capture) emit(i int, p []byte) {
	if c.Spool != nil {
		c.Spool.Write(store.Stream(i+1), p)
	}
	if c.Stdout != nil && i == 0 {
		_, _ = c.Stdout.Write(p) // Over reports what the error says
	}
	if c.Held != nil {
		c.Held.write(i, p)
	} else {
		c.Out[i].Write(p)
	}
}
