package memo

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/store"
)

// relayedMax bounds the size of a relayed outcome.
const relayedMax = nest.RecordMax

// outcomeGrace is how long a call waits at least to learn what became of the
// result: storing it takes about a millisecond.
const outcomeGrace = 5 * time.Millisecond

// A reception is the other end of a [relay]: the call that waits.
type reception struct {
	*call
	pipe  *os.File
	take  *os.File // where it says what it took
	from  *bufio.Reader
	begun bool // the command was started, or may have been
	shown bool // output was
	// failure is why the spare result is served instead of what comes.
	failure Reason
	answer  *relayed // how the command ended
	relayed *relayed // and what became of the result
}

func newReception(c *call, pipe, take *os.File) *reception {
	return &reception{call: c, pipe: pipe, take: take, from: bufio.NewReaderSize(pipe, capture.ReadSize)}
}

// close leaves the run alone.
func (r *reception) close() {
	r.pipe.Close()
	r.take.Close()
}

// leave says what this call took and leaves the run alone, which must not wait
// for whoever reads the answer. What is taken counts as a miss.
func (r *reception) leave(took byte, what *relayed) {
	if what != nil && what.Counts {
		r.Store.Record(store.Event{
			Kind: store.Miss, Key: r.key, ID: what.Outcome.Ref.ID, Elapsed: what.Outcome.Elapsed,
		})
	}
	if took != tookNothing {
		_, _ = r.take.Write([]byte{took}) // it may have been killed
	}
	r.close()
}

// receive shows the outcome of a detached run. The deadline of the pipe counts
// up to the moment when there is something to show, and again when all of that
// was shown.
func (r *reception) receive() (Outcome, error) {
	for r.relayed == nil {
		err := r.next()
		late := errors.Is(err, os.ErrDeadlineExceeded)
		switch {
		case err == nil:
		case r.answer != nil:
			r.leave(tookAnswer, r.answer)
			if !late {
				r.answer.Outcome.Pending = false
				r.answer.Outcome.NotStored = because(ReasonRunKilled, "the detached run was killed")
			}
			return r.adopt(r.answer)
		case late:
			r.leave(tookNothing, nil)
			return r.outOfTime()
		case !r.begun:
			r.leave(tookOutcome, nil)
			return r.unlaunched()
		default:
			r.withhold("a memo call below was killed")
			r.outcome.ExitCode = ExitTrouble
			return r.outcome, errors.New("the detached run was killed")
		}
	}
	r.leave(tookOutcome, r.relayed)
	return r.adopt(r.relayed)
}

// next takes one frame.
func (r *reception) next() error {
	var head [relayHead]byte
	if _, err := io.ReadFull(r.from, head[:]); err != nil {
		return err
	}
	kind, size := head[0], int64(binary.LittleEndian.Uint32(head[1:]))
	if kind != relayBegun && kind != relayUnbegun {
		_ = r.pipe.SetReadDeadline(time.Time{}) // it could be set, so it can be lifted
	}
	switch kind {
	case relayStdout, relayStderr:
		return r.show(kind, size)
	case relayBegun, relayUnbegun:
		r.begun = kind == relayBegun
		return nil
	}
	if size > relayedMax {
		return errors.New("a frame is too large")
	}
	body, err := io.ReadAll(io.LimitReader(r.from, size))
	if err == nil && int64(len(body)) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	switch kind {
	case relayOutcome:
		r.relayed = new(relayed)
		return nest.Decode(body, r.relayed)
	case relayAnswer:
		return r.note(body)
	}
	if !r.shown && size > 0 && r.spare() != nil {
		r.failure = because(ReasonCode(body[0]), string(body[1:]))
	}
	return nil
}

// note keeps the answer, for the case that the outcome is late.
func (r *reception) note(body []byte) error {
	answer := new(relayed)
	if err := nest.Decode(body, answer); err != nil {
		return err
	}
	r.answer = answer
	deadline := time.Now().Add(outcomeGrace)
	if r.call.deadline.After(deadline) {
		deadline = r.call.deadline
	}
	_ = r.pipe.SetReadDeadline(deadline) // it could be set before
	return nil
}

// show passes a piece of output on, unless another result is served instead.
func (r *reception) show(kind byte, size int64) error {
	piece := make([]byte, min(size, capture.ReadSize))
	for size > 0 {
		piece = piece[:min(size, int64(len(piece)))]
		if _, err := io.ReadFull(r.from, piece); err != nil {
			return err
		}
		if r.failure.IsZero() {
			r.shown = true
			r.out[kind].Write(piece)
		}
		size -= int64(len(piece))
	}
	return nil
}

// adopt makes what the detached run came to the outcome of this call.
func (r *reception) adopt(what *relayed) (Outcome, error) {
	o := what.Outcome
	o.Variants = r.outcome.Variants
	if o.State == Miss {
		o.Reason = r.outcome.Reason
	}
	r.outcome, r.given = o, what.Given
	if !r.failure.IsZero() {
		return r.fallBack(r.failure)
	}
	sig, err := outputError(r.out)
	if err == nil && what.Error != "" {
		err = errors.New(what.Error)
	} else if err != nil {
		o.ExitCode = ExitTrouble
	}
	o.Signal = sig
	return o, err
}
