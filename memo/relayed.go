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
)

// relayedMax bounds the size of a relayed outcome.
const relayedMax = nest.RecordMax

// A follower is the other end of a [relay]: the call that waits.
type follower struct {
	*call
	pipe  *os.File
	from  *bufio.Reader
	begun bool // the command was started, or may have been
	shown bool // output was
	// failure is why the spare result is served instead of what comes.
	failure Reason
	answer  *relayed // how the command ended
	held    int64    // bytes of output that follow the answer
	relayed *relayed // and what became of the result
}

func newFollower(c *call, pipe *os.File) *follower {
	return &follower{call: c, pipe: pipe, from: bufio.NewReaderSize(pipe, capture.ReadSize)}
}

// follow shows the outcome of a detached run. The deadline of the pipe counts
// up to the moment when there is something to show, and again when all of that
// was shown. The run goes on when the call leaves.
func (f *follower) follow() (Outcome, error) {
	defer f.pipe.Close()
	var err error
	for err == nil && f.relayed == nil && f.failure.IsZero() {
		err = f.next()
	}
	late := errors.Is(err, os.ErrDeadlineExceeded)
	switch {
	case f.relayed != nil:
		return f.adopt(f.relayed)
	case !f.failure.IsZero():
		return f.adopt(f.answer)
	case f.answer != nil && f.held == 0:
		if !late {
			f.answer.Outcome.Pending = false
			f.answer.Outcome.NotStored = because(ReasonRunKilled, "the detached run was killed")
		}
		return f.adopt(f.answer)
	case late:
		f.pipe.Close()
		return f.outOfTime()
	case !f.begun:
		return f.notLaunched()
	default:
		f.withhold("a memo call below was killed")
		f.outcome.ExitCode = ExitTrouble
		return f.outcome, errors.New("the detached run was killed")
	}
}

// next takes one frame.
func (f *follower) next() error {
	var head [relayHead]byte
	if _, err := io.ReadFull(f.from, head[:]); err != nil {
		return err
	}
	kind, size := head[0], int64(binary.LittleEndian.Uint32(head[1:]))
	if kind != relayBegun && kind != relayUnbegun {
		_ = f.pipe.SetReadDeadline(time.Time{}) // it could be set, so it can be lifted
	}
	switch kind {
	case relayStdout, relayStderr:
		return f.show(kind, size)
	case relayBegun, relayUnbegun:
		f.begun = kind == relayBegun
		return nil
	}
	if size > relayedMax {
		return errors.New("a frame is too large")
	}
	body, err := io.ReadAll(io.LimitReader(f.from, size))
	if err == nil && int64(len(body)) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if kind == relayOutcome {
		f.relayed = new(relayed)
		return nest.Decode(body, f.relayed)
	}
	return f.note(body)
}

// note keeps the answer. From then on the output that was held is waited for,
// and after it the deadline counts again.
func (f *follower) note(body []byte) error {
	answer := new(relayed)
	if err := nest.Decode(body, answer); err != nil {
		return err
	}
	f.answer, f.held = answer, answer.Held
	if !f.shown && !answer.Failure.IsZero() && f.spare() != nil {
		f.failure = answer.Failure
	}
	return f.rest()
}

// rest lets the deadline count again once all output is shown.
func (f *follower) rest() error {
	if f.answer != nil && f.held <= 0 {
		return f.pipe.SetReadDeadline(f.call.deadline)
	}
	return nil
}

// show passes a piece of output on.
func (f *follower) show(kind byte, size int64) error {
	piece := make([]byte, min(size, capture.ReadSize))
	for size > 0 {
		piece = piece[:min(size, int64(len(piece)))]
		if _, err := io.ReadFull(f.from, piece); err != nil {
			return err
		}
		f.shown = true
		f.out[kind].Write(piece)
		size -= int64(len(piece))
		f.held -= int64(len(piece))
	}
	return f.rest()
}

// adopt makes what the detached run came to the outcome of this call.
func (f *follower) adopt(what *relayed) (Outcome, error) {
	o := what.Outcome
	o.Variants = f.outcome.Variants
	if o.State == Miss {
		o.Reason = f.outcome.Reason
	}
	o.Relayed = true
	f.outcome, f.given = o, what.Given
	if !f.failure.IsZero() {
		return f.fallBack(f.failure)
	}
	sig, err := outputError(f.out)
	if err == nil && what.Error != "" {
		err = errors.New(what.Error)
	} else if err != nil {
		o.ExitCode = ExitTrouble
	}
	o.Signal = sig
	return o, err
}
