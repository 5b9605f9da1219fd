package memo

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"
)

// relayedMax bounds the size of a relayed outcome.
const relayedMax = nestRecordMax

// A reception is the other end of a [relay]: the call that waits.
type reception struct {
	*call
	pipe  *os.File
	from  *bufio.Reader
	begun bool // the command was started, or may have been
	shown bool // output was
	// failure is why the spare result is served instead of what comes.
	failure string
	relayed *relayed
}

func newReception(c *call, pipe *os.File) *reception {
	return &reception{call: c, pipe: pipe, from: bufio.NewReaderSize(pipe, readSize)}
}

// receive shows the outcome of a detached run. Up to the moment when there is
// something to show, the deadline of the pipe counts.
func (c *call) receive(pipe *os.File) (Outcome, error) {
	r := newReception(c, pipe)
	for r.relayed == nil {
		err := r.next()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			pipe.Close() // the run must not wait for whoever reads what is known
			return c.outOfTime()
		case err != nil && !r.begun:
			return c.unlaunched()
		case err != nil:
			c.withhold("a memo call below was killed")
			c.outcome.ExitCode = ExitTrouble
			return c.outcome, errors.New("the detached run was killed")
		}
	}
	return r.adopt()
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
	if kind == relayOutcome {
		r.relayed = new(relayed)
		return decodeBody(body, r.relayed)
	}
	if !r.shown && size > 0 && r.spare() != nil {
		r.failure = string(body)
	}
	return nil
}

// show passes a piece of output on, unless another result is served instead.
func (r *reception) show(kind byte, size int64) error {
	piece := make([]byte, min(size, readSize))
	for size > 0 {
		piece = piece[:min(size, int64(len(piece)))]
		if _, err := io.ReadFull(r.from, piece); err != nil {
			return err
		}
		if r.failure == "" {
			r.shown = true
			r.out[kind].write(piece)
		}
		size -= int64(len(piece))
	}
	return nil
}

// adopt makes the outcome of the detached run that of this call.
func (r *reception) adopt() (Outcome, error) {
	o := r.relayed.Outcome
	if o.State == Miss {
		o.Reason = r.outcome.Reason
	}
	r.outcome, r.given = o, r.relayed.Given
	if r.failure != "" {
		return r.fallBack(r.failure)
	}
	sig, err := outputError(r.out)
	if err == nil && r.relayed.Error != "" {
		err = errors.New(r.relayed.Error)
	} else if err != nil {
		o.ExitCode = ExitTrouble
	}
	o.Signal = sig
	return o, err
}
