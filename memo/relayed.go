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

// A follower is the reading end of a [relay], in the waiting call.
type follower struct {
	*call
	pipe  *os.File
	from  *bufio.Reader
	begun bool // the command was started, or may have been
	shown bool // some output was shown
	// failure is why the fallback result is served instead of the run's output.
	failure Reason
	answer  *relayed // how the command ended
	held    int64    // bytes of output that still follow the answer
	relayed *relayed // the final outcome
}

func newFollower(c *call, pipe *os.File) *follower {
	return &follower{call: c, pipe: pipe, from: bufio.NewReaderSize(pipe, capture.ReadSize)}
}

// follow shows the outcome of a detached run. The deadline applies until there
// is something to show, and again once all of it was shown. The run goes on
// when the call leaves.
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

// next reads and handles one frame.
func (f *follower) next() error {
	var head [relayHead]byte
	if _, err := io.ReadFull(f.from, head[:]); err != nil {
		return err
	}
	kind, size := head[0], int64(binary.LittleEndian.Uint32(head[1:]))
	if kind != relayBegun && kind != relayUnbegun {
		_ = f.pipe.SetReadDeadline(time.Time{}) // launch has set one, so this can't fail
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
	return f.takeAnswer(body)
}

// takeAnswer decodes and keeps the answer. The follower then waits for the held
// output, and after it the deadline applies again.
func (f *follower) takeAnswer(body []byte) error {
	answer := new(relayed)
	if err := nest.Decode(body, answer); err != nil {
		return err
	}
	f.answer, f.held = answer, answer.Held
	if !f.shown && !answer.Failure.IsZero() && f.usableFallback() != nil {
		f.failure = answer.Failure
	}
	return f.restoreDeadline()
}

// restoreDeadline applies the deadline again once all held output was shown.
func (f *follower) restoreDeadline() error {
	if f.answer != nil && f.held <= 0 {
		return f.pipe.SetReadDeadline(f.call.deadline)
	}
	return nil
}

// show writes the output of one frame.
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
	return f.restoreDeadline()
}

// adopt makes the outcome of the detached run the outcome of this call.
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
