package memo

import (
	"os"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// leaveGrace is how long a capture goes on after the reader of a stream
	// went away: most commands are done by then and can be recorded.
	leaveGrace = 2 * time.Second
	// stayGrace is how long memo waits for the ends of the pipes after the
	// command exited.
	stayGrace = 500 * time.Millisecond
	// readSize is how much is read from a pipe at once, which is what a pipe
	// holds on Linux, and firstRead how much as long as that takes all of it.
	readSize  = 64 << 10
	firstRead = 4 << 10
)

// A capture is one run of a command: its output is written through to the
// sinks as it is read and spooled for the store.
type capture struct {
	out   [2]*sink
	spool *store.Writer // nil: nothing is recorded
	// held, if it is not nil, gets the output instead of the sinks.
	held *held
	// stdout, if it is not nil, gets a copy of stdout.
	stdout *limited
	// drain takes over the reading ends of pipes that somebody keeps open
	// after the command exited.
	drain func(pipes [2]*os.File) error
	// terms are those that the command runs under.
	terms process.Terms
	// start starts the command.
	start func(files []*os.File) (*process.Child, error)
	now   func() time.Time
	// meanwhile, if it is not nil, is called when the command has started.
	meanwhile func()
}

// captured is how a run went.
type captured struct {
	started time.Time
	ended   time.Time
	process.Ending
	timedOut bool
	stayed   bool // somebody kept a pipe
	cut      bool // a pipe was closed before its end
}

// emit passes on and records what was read from one of the pipes.
func (c *capture) emit(i int, p []byte) {
	if c.spool != nil {
		c.spool.Write(store.Stream(i+1), p)
	}
	if c.stdout != nil && i == 0 {
		_, _ = c.stdout.Write(p) // it notes when it is too much
	}
	if c.held != nil {
		c.held.write(i, p)
	} else {
		c.out[i].write(p)
	}
}
