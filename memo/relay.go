package memo

import (
	"encoding/binary"
	"os"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/store"
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
// The answer comes after the output and before the result is stored: all that
// a call needs which can't wait for the outcome. A second pipe goes the other
// way. In it the call says with one byte what it took, or nothing.
//
// A nil relay is that of a run that nobody waits for.
type relay struct {
	file    *os.File
	taken   *os.File
	running bool // the command was started
	gone    bool // nobody reads any more
	// run is the run for the journal, if there is anything to be put on record:
	// a miss of the call that takes the answer, or else a refresh.
	run *store.Event
}

// The kinds of frames. Output has the index of its sink.
const (
	relayStdout byte = iota
	relayStderr
	relayBegun   // no data; it may be repeated
	relayEnded   // how the command failed: code (1 byte) and text; empty if it didn't
	relayUnbegun // no data: it could not be started
	relayOutcome // a relayed, encoded
	relayAnswer  // a relayed, encoded, without what became of the result
)

// What a call can take: the answer, the outcome, or the command itself, which
// it runs on its own.
const (
	tookNothing byte = iota
	tookAnswer
	tookOutcome
)

// relayHead is the size of what precedes the data of a frame.
const relayHead = 5

// A relayed outcome is what the call that waits makes its own.
type relayed struct {
	Outcome Outcome           `cbor:"1,keyasint"`
	Error   string            `cbor:"2,keyasint,omitempty"` // memo's own
	Given   nest.Contribution `cbor:"3,keyasint"`           // to the run that the call is part of
	// Counts says that whoever takes it puts a miss on record.
	Counts bool `cbor:"4,keyasint,omitempty"`
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

// ended says how the last attempt failed; no reason: it did not.
func (r *relay) ended(failure Reason) {
	switch {
	case r == nil || !r.running:
	case failure.IsZero():
		r.put(relayEnded, nil)
	default:
		r.put(relayEnded, append([]byte{byte(failure.Code)}, failure.Text...))
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
		if r.taken != nil {
			r.taken.Close()
		}
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

// took waits until the call has left and returns what it took. No lock may be
// held meanwhile: whoever reads the call's output may take a while.
func (r *relay) took() byte {
	r.file.Close() // there is no more to come
	what := []byte{tookNothing}
	if r.taken != nil {
		_, _ = r.taken.Read(what) // a call that was killed took nothing
	}
	return what[0]
}

// runRelayed is run for a call that waits at the other end of a pipe. What
// goes to the run around is in the outcome.
func (c *call) runRelayed() (Outcome, error) {
	r := &relay{file: c.Renewal.Relay, taken: c.Renewal.Taken}
	c.relay = r
	c.out = [2]*capture.Sink{capture.NewSink(relayStream{r, relayStdout}), capture.NewSink(relayStream{r, relayStderr})}
	o, err := c.run()
	took := r.took()
	o.Answered, o.Shown = took == tookOutcome, took == tookAnswer
	if took == tookNothing && r.run != nil {
		c.Store.Record(*r.run)
	}
	return o, err
}

// tellAnswer passes on how the command ended, before its result is stored. err is
// memo's own.
func (c *call) tellAnswer(err error) {
	if c.relay == nil {
		return
	}
	what := relayed{
		Outcome: c.outcome,
		Given:   nest.Contribution{NoStore: "a memo call below had no time to learn what its result depends on"},
		Counts:  true,
	}
	what.Outcome.Pending = true
	if err != nil {
		what.Outcome.ExitCode = ExitTrouble
	}
	c.pass(relayAnswer, what, err)
}

// tell passes on the outcome of a command that was started. err is memo's own.
func (c *call) tell(err error) {
	if c.relay != nil && c.relay.running {
		c.pass(relayOutcome, relayed{Outcome: c.outcome, Given: c.given, Counts: c.relay.run != nil}, err)
	}
}

// pass relays an answer or an outcome.
func (c *call) pass(kind byte, what relayed, err error) {
	what.Outcome.Signal, what.Outcome.Output = nil, nil // which are this process's
	if err != nil {
		what.Error = err.Error()
	}
	if body, err := nest.Encode(what); err == nil { // else the pipe ends without it
		c.relay.put(kind, body)
	}
}
