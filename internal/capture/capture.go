package capture

import (
	"os"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// Both are counted by a [process.Stopwatch].

	// leaveGrace is how long a capture goes on after the reader of a stream
	// went away: most commands are done by then and can be recorded.
	leaveGrace = 2 * time.Second
	// StayGrace is how long to wait for the ends of the pipes after the
	// command exited.
	StayGrace = 500 * time.Millisecond
	// ReadSize is how much is read from a pipe at once, which is what a pipe
	// holds on Linux, and firstRead how much as long as that takes all of it.
	ReadSize  = 64 << 10
	firstRead = 4 << 10
)

// A Capture is one run of a command: its output is written through to the
// sinks as it is read and spooled for the store.
type Capture struct {
	Out   [2]*Sink
	Spool *store.Writer // nil: nothing is recorded
	// Held, if it is not nil, gets the output instead of the sinks.
	Held *Held
	// Stdout, if it is not nil, gets a copy of stdout.
	Stdout *Limited
	// Drain takes over the reading ends of pipes that another process keeps open
	// after the command exited.
	Drain func(pipes [2]*os.File) error
	// Terms are those that the command runs under.
	Terms process.Terms
	// Start starts the command with these files as its descriptors 0, 1 and 2.
	Start func(files []*os.File) (*process.Child, error)
	// Now is the clock by which the run is dated.
	Now func() time.Time
}

// Captured is how a run went.
type Captured struct {
	Started time.Time
	Ended   time.Time
	process.Ending
	TimedOut bool
	Stayed   bool // another process kept a pipe open
	Cut      bool // a pipe was closed before its end
}

// emit passes on and records what was read from one of the pipes.
func (c *Capture) emit(i int, p []byte) {
	if c.Spool != nil {
		c.Spool.Write(store.Stream(i+1), p)
	}
	if c.Stdout != nil && i == 0 {
		_, _ = c.Stdout.Write(p) // it notes when it is too much
	}
	if c.Held != nil {
		c.Held.write(i, p)
	} else {
		c.Out[i].Write(p)
	}
}
