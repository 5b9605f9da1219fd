package memo

import "os"

// A Renewal is the role of a process that runs a command for the store. The
// process does nothing if the result is fresh, never waits for another run, and
// replays nothing. Run owns and closes the files.
type Renewal struct {
	// Lock is the lock of the run if the parent process handed it over, or nil.
	Lock *os.File
	// Relay is the pipe at whose other end a call waits for this run; nil: no
	// call waits.
	Relay *os.File
}

// renews reports whether the call makes a result anew for the store.
func (c *call) renews() bool { return c.Renewal != nil }

// inherits reports whether the call renews under a lock that was handed over.
func (c *call) inherits() bool { return c.renews() && c.Renewal.Lock != nil }

// awaited reports whether a caller waits for the output of this call: the
// caller of this process, or the call at the other end of the relay.
func (c *call) awaited() bool { return !c.renews() || c.relay != nil }
