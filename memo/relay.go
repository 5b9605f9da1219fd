package memo

import (
	"encoding/binary"
	"os"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
)

// A relay is the end of a pipe by which a detached run reaches the call that
// started it and waits for it: its output and how it ended go there, whether
// or not they may be stored or shared. The call may leave at any time; the run
// goes on then, and what it relays is dropped.
//
// The pipe carries frames of kind (1 byte), length (4 bytes, little-endian)
// and data: begun before the command is started, the answer when the last
// attempt has ended, the output, and the outcome when the result is stored or
// not. Output comes before the answer only if there is no place to hold it. A
// pipe that ends without begun, or after unbegun, says that the command was not
// started.
//
// The detached run journals itself: as a miss if the call still reads when the
// answer comes, else as a refresh. It also reports what became of the result,
// so that the call may leave between the answer and the outcome.
//
// A nil relay is that of a run for which no call waits.
type relay struct {
	file     *os.File
	running  bool // the command was started
	gone     bool // the call has left
	answered bool // the call has the answer
}

// The kinds of frames. Output has the index of its sink.
const (
	relayStdout byte = iota
	relayStderr
	relayBegun   // no data; it may be repeated
	relayUnbegun // no data: it could not be started
	relayAnswer  // a relayed, encoded, without what became of the result
	relayOutcome // a relayed, encoded
)

// relayHead is the size of what precedes the data of a frame.
const relayHead = 5

// A relayed outcome is what the call that waits makes its own.
type relayed struct {
	Outcome Outcome           `cbor:"1,keyasint"`
	Error   string            `cbor:"2,keyasint,omitempty"` // memo's own
	Given   nest.Contribution `cbor:"3,keyasint"`           // to the run that the call is part of
	// Failure is how the command failed; zero if it did not.
	Failure Reason `cbor:"4,keyasint"`
	// Held is how many bytes of output follow the answer.
	Held int64 `cbor:"5,keyasint,omitempty"`
}

// put writes one frame, or notes that the call has left.
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

// awaited reports whether the call still waits.
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

// delivered reports whether the call has the answer.
func (r *relay) delivered() bool { return r != nil && r.answered }

// A relayStream is one stream of the output. It takes everything: a run is not
// cut short because the call has left.
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
	r := &relay{file: c.Renewal.Relay}
	c.relay = r
	c.out = [2]*capture.Sink{capture.NewSink(relayStream{r, relayStdout}), capture.NewSink(relayStream{r, relayStderr})}
	o, err := c.run()
	o.Answered = r.answered
	return o, err
}

// tellAnswer passes on how the command ended, before its output is shown and its
// result stored.
func (c *call) tellAnswer(failure Reason, held int64) {
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
	c.pass(relayAnswer, what)
	r.answered = !r.gone
}

// tell passes on the outcome of a command that was started. err is memo's own.
func (c *call) tell(err error) {
	if c.relay == nil || !c.relay.running {
		return
	}
	what := relayed{Outcome: c.outcome, Given: c.given}
	if err != nil {
		what.Error = err.Error()
	}
	c.pass(relayOutcome, what)
}

// pass relays an answer or an outcome.
func (c *call) pass(kind byte, what relayed) {
	what.Outcome.Signal, what.Outcome.Output = nil, nil // which are this process's
	if body, err := nest.Encode(what); err == nil {     // else the pipe ends without it
		c.relay.put(kind, body)
	}
}
