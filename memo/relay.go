package memo

import (
	"encoding/binary"
	"os"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
)

// A relay is the writing end of a pipe from a detached run to the call that
// started it and waits for it. It carries the output and the outcome of the
// run, whether or not they may be stored. The call may leave at any time; then
// the run goes on, and the relay drops its frames.
//
// A frame is a kind (1 byte), a length (4 bytes, little-endian) and data. The
// frames are: begun, before the command starts; the answer, when the last
// attempt has ended; the output; and the outcome, when the result has been
// stored or rejected. Output precedes the answer only if there is no place to
// hold it. If the pipe ends without begun, or after unbegun, the command was
// not started.
//
// The detached run journals itself: as a miss if the call still reads when the
// answer comes, otherwise as a refresh. It also reports whether the result was
// stored, so that the call may leave between the answer and the outcome.
//
// A nil relay belongs to a run for which no call waits.
type relay struct {
	file     *os.File
	running  bool // the command was started
	gone     bool // the call has left
	answered bool // the call has the answer
}

// The kinds of frames. The kind of an output frame is the index of its sink.
const (
	relayStdout byte = iota
	relayStderr
	relayBegun   // no data; it may be repeated
	relayUnbegun // no data; the command could not be started
	relayAnswer  // an encoded relayed; its outcome is pending
	relayOutcome // an encoded relayed
)

// relayHead is the size of a frame's kind and length.
const relayHead = 5

// A relayed is an outcome that the waiting call adopts.
type relayed struct {
	Outcome Outcome           `cbor:"1,keyasint"`
	Error   string            `cbor:"2,keyasint,omitempty"` // memo's own error
	Given   nest.Contribution `cbor:"3,keyasint"`           // to the outer run of the call
	// Failure is how the command failed; zero if it did not fail.
	Failure Reason `cbor:"4,keyasint"`
	// Held is how many bytes of output follow the answer.
	Held int64 `cbor:"5,keyasint,omitempty"`
}

// send writes one frame. If that fails, the call has left.
func (r *relay) send(kind byte, data []byte) {
	if r.gone {
		return
	}
	frame := append(make([]byte, 0, relayHead+len(data)), kind)
	frame = binary.LittleEndian.AppendUint32(frame, uint32(len(data)))
	_, err := r.file.Write(append(frame, data...))
	r.gone = err != nil
}

// starting announces that the command is about to start. It precedes the start,
// so that the call never runs the command a second time, even if this process
// is killed.
func (r *relay) starting() {
	if r != nil {
		r.send(relayBegun, nil)
	}
}

// started records whether the command was started. Once an attempt has started
// it, later failures to start are ignored.
func (r *relay) started(err error) {
	switch {
	case r == nil || r.running:
	case err == nil:
		r.running = true
	default:
		r.send(relayUnbegun, nil)
	}
}

// awaited reports whether the call still waits. It sends a frame to find out.
func (r *relay) awaited() bool {
	if r == nil {
		return false
	}
	r.send(relayBegun, nil)
	return !r.gone
}

func (r *relay) close() {
	if r != nil {
		r.file.Close()
	}
}

// delivered reports whether the call has the answer.
func (r *relay) delivered() bool { return r != nil && r.answered }

// A relayStream is one stream of the output. Its writes never fail, so that the
// run goes on after the call has left.
type relayStream struct {
	*relay
	kind byte
}

func (s relayStream) Write(p []byte) (int, error) {
	s.send(s.kind, p)
	return len(p), nil
}

// runRelayed is run for a call that waits at the other end of a pipe. The
// contribution to the outer run is relayed with the outcome.
func (c *call) runRelayed() (Outcome, error) {
	r := &relay{file: c.Renewal.Relay}
	c.relay = r
	c.out = [2]*capture.Sink{capture.NewSink(relayStream{r, relayStdout}), capture.NewSink(relayStream{r, relayStderr})}
	o, err := c.run()
	o.Answered = r.answered
	return o, err
}

// sendAnswer relays how the command ended, before its output is shown and its
// result is stored.
func (c *call) sendAnswer(failure Reason, held int64) {
	r := c.relay
	if r == nil || !r.running {
		return
	}
	what := relayed{
		Outcome: c.outcome,
		Given:   nest.Contribution{NoStore: "a memo call below had no time to learn what its result depends on"},
		Failure: failure,
		Held:    held,
	}
	what.Outcome.Pending = true
	c.sendRelayed(relayAnswer, what)
	r.answered = !r.gone
}

// sendOutcome relays the outcome of a command that was started. err is memo's
// own error.
func (c *call) sendOutcome(err error) {
	if c.relay == nil || !c.relay.running {
		return
	}
	what := relayed{Outcome: c.outcome, Given: c.given}
	if err != nil {
		what.Error = err.Error()
	}
	c.sendRelayed(relayOutcome, what)
}

// sendRelayed sends an answer or an outcome. If it can't be encoded, the pipe
// ends without it.
func (c *call) sendRelayed(kind byte, what relayed) {
	what.Outcome.Signal, what.Outcome.Output = nil, nil // they belong to this process
	if body, err := nest.Encode(what); err == nil {
		c.relay.send(kind, body)
	}
}
