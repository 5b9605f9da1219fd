package memo

import "os"

// A Renewal is the role of a process that runs a command for the store: it is
// content with a fresh result, never waits for another run and replays nothing.
// Its files belong to Run.
type Renewal struct {
	// Lock is the lock of the run if the starter of the process handed it over.
	Lock *os.File
	// Relay is the pipe at whose other end a call waits for this run; nil: no
	// call waits.
	Relay *os.File
}

// renews reports whether the call makes a result anew for the store, inherits
// whether under a lock that was handed over.
func (c *call) renews() bool   { return c.Renewal != nil }
func (c *call) inherits() bool { return c.renews() && c.Renewal.Lock != nil }

// awaited reports whether a caller waits for the output of this call: that of
// this process, or the one at the other end of the relay.
func (c *call) awaited() bool { return !c.renews() || c.relay != nil }
