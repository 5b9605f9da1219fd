package memo

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/store"
)

// A result can carry its own lifetime, found in what it printed: a token that
// says when it expires, a report that says when the next one is due. If none
// can be read there, the reader's lifetime applies.

const (
	// queryMax bounds the stdout that a jq program looks into. The values take
	// ten times their text, if it is mostly braces sixty times, and memo stays
	// below 32 MiB whatever the size of the output.
	queryMax = 1 << 20
	// ttlInputMax bounds the stdout that a command is asked about, for the same
	// reason: it is kept in memory.
	ttlInputMax = 4 << 20
	// ttlCmdMax is how much a command that decides on a lifetime may print.
	ttlCmdMax = 4 << 10
)

// copyOfStdout returns where to put a copy of stdout, nil if none is needed.
func (p *Policy) copyOfStdout() *capture.Limited {
	switch {
	case p.TTLCmd != "":
		return &capture.Limited{Most: ttlInputMax}
	case p.ExpiresFrom.Given():
		return &capture.Limited{Most: queryMax}
	}
	return nil
}

// readCarried gives a good result the end that its stdout names. Of several,
// one of `memo annotate` among them, the earliest counts. The outcome says why
// an end that was asked for could not be read.
func (c *call) readCarried(res *store.Result, stdout *capture.Limited) {
	if stdout == nil || !c.policy.success(res.ExitCode) {
		return
	}
	created := time.Unix(0, res.Created)
	note := func(source string, v any, err error) {
		var end int64
		if err == nil {
			end, err = carriedEnd(v, created)
		}
		if err != nil {
			c.outcome.CarriedError = source + ": " + err.Error()
			if err == error(slowError{}) {
				// On another day it has another lifetime, and never silently.
				c.outcome.Trouble = "--ttl applies: " + c.outcome.CarriedError
			}
		} else if res.Carried == 0 || end < res.Carried {
			res.Carried = end
		}
	}
	if c.policy.ExpiresFrom.Given() {
		v, err := c.query(stdout)
		note("--expires-from", v, err)
	}
	if c.policy.TTLCmd != "" {
		text, err := c.askTTL(stdout, res.ExitCode)
		note("--ttl-cmd", text, err)
	}
}

// query returns what the jq program finds in stdout.
func (c *call) query(stdout *capture.Limited) (any, error) {
	if stdout.Over() || stdout.Size() > queryMax {
		return nil, fmt.Errorf("stdout is over %d MiB", queryMax>>20)
	}
	return c.policy.ExpiresFrom.Eval(stdout.Bytes())
}

// askTTL returns the lifetime that --ttl-cmd prints: the first of its lines
// that is not empty.
func (c *call) askTTL(stdout *capture.Limited, exitCode int) (string, error) {
	if stdout.Over() {
		return "", fmt.Errorf("stdout is over %d MiB", ttlInputMax>>20)
	}
	environ := c.environ()
	s := script{
		text:    c.policy.TTLCmd,
		dir:     c.World.Dir,
		environ: append(environ[:len(environ):len(environ)], "MEMO_EXIT_CODE="+strconv.Itoa(exitCode)),
		stdin:   bytes.NewReader(stdout.Bytes()),
		most:    ttlCmdMax,
	}
	out, err := s.ask()
	if err != nil {
		return "", rootCause(err)
	}
	first, _, _ := strings.Cut(string(bytes.TrimSpace(out)), "\n")
	return strings.TrimSpace(first), nil
}

// carriedEnd is [expiry.Carried] as the store has it.
func carriedEnd(v any, created time.Time) (int64, error) {
	end, never, err := expiry.Carried(v, created)
	if never {
		return store.NoEnd, err
	}
	return end, err
}
