package memo

import (
	"encoding/binary"
	"os"
)

// A relay is the end of a pipe by which a detached run reaches the call that
// started it and waits for it: its output and how it ended go there, whether
// or not they may be stored or shared. The call that waits may leave at any
// time; the run goes on then, and what it relays is dropped.
//
// The pipe carries frames of kind (1 byte), length (4 bytes, little-endian)
// and data: begun before the command is started, ended when it is known how
// the last attempt went, its output, and at last the outcome. Output comes
// before ended only if there is no place to hold it. A pipe that ends without
// begun, or after unbegun, says that the command was not started.
//
// A nil relay is that of a run that nobody waits for.
type relay struct {
	file    *os.File
	running bool // the command was started
	told    bool // the outcome was passed on
	gone    bool // nobody reads any more
}

// The kinds of frames. Output has the index of its sink.
const (
	relayStdout byte = iota
	relayStderr
	relayBegun   // no data; it may be repeated
	relayEnded   // how the command failed, in a clause; empty if it didn't
	relayUnbegun // no data: it could not be started
	relayOutcome // a relayed, encoded
)

// relayHead is the size of what precedes the data of a frame.
const relayHead = 5

// A relayed outcome is what the call that waits makes its own.
type relayed struct {
	Outcome Outcome      `cbor:"1,keyasint"`
	Error   string       `cbor:"2,keyasint,omitempty"` // memo's own
	Given   contribution `cbor:"3,keyasint"`           // to the run that the call is part of
}

// put writes one frame, or notes that nobody reads.
func (r *relay) put(kind byte, data []byte) {
	if r.gone {
		return
	}
	frame := append(make([]byte, 0, relayHead+len(data)), kind)
	frame = binary.LittleEndian.AppendUint32(frame, uint32(len(data)))
	_, err := r.file.Write(append(frame, data...))
	r.gone = err != nil
}

// starting says that the command is about to be started. It comes before, so
// that nothing is run twice, whenever this process may be killed.
func (r *relay) starting() {
	if r != nil {
		r.put(relayBegun, nil)
	}
}

// started says whether the command was started; of attempts the first counts.
func (r *relay) started(err error) {
	switch {
	case r == nil || r.running:
	case err == nil:
		r.running = true
	default:
		r.put(relayUnbegun, nil)
	}
}

// ended says how the last attempt failed; an empty clause: it did not.
func (r *relay) ended(failure string) {
	if r != nil && r.running {
		r.put(relayEnded, []byte(failure))
	}
}

// awaited reports whether somebody still waits for the outcome.
func (r *relay) awaited() bool {
	if r == nil {
		return false
	}
	r.put(relayBegun, nil)
	return !r.gone
}

func (r *relay) close() {
	if r != nil {
		r.file.Close()
	}
}

// A relayStream is one stream of the output. It takes everything: a run is not
// cut short because nobody waits for it any more.
type relayStream struct {
	*relay
	kind byte
}

func (s relayStream) Write(p []byte) (int, error) {
	s.put(s.kind, p)
	return len(p), nil
}

// runRelayed is run for a call that waits at the other end of a pipe. What
// goes to the run around is in the outcome.
func (c *call) runRelayed() (Outcome, error) {
	r := &relay{file: c.Relay}
	c.relay = r
	c.out = [2]*sink{newSink(relayStream{r, relayStdout}), newSink(relayStream{r, relayStderr})}
	o, err := c.run()
	o.Answered = r.told || !r.running
	return o, err
}

// tell passes on the outcome of a command that was started. err is memo's own.
func (c *call) tell(err error) {
	if c.relay == nil || !c.relay.running {
		return
	}
	what := relayed{Outcome: c.outcome, Given: c.given}
	what.Outcome.Signal, what.Outcome.Output = nil, nil // which are this process's
	if err != nil {
		what.Error = err.Error()
	}
	body, err := encodeBody(what)
	if err != nil {
		return // the pipe ends without an outcome
	}
	c.relay.put(relayOutcome, body)
	c.relay.told = !c.relay.gone
}
