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

// A result can carry its own lifetime, found in its output: a token may say
// when it expires, a report when the next one is due. If the output yields no
// lifetime, the reader's TTL applies.

const (
	// queryMax bounds the stdout that a jq program reads, so that memo stays
	// below 32 MiB. Decoded values take ten times the size of their text, and
	// sixty times if the text is mostly braces.
	queryMax = 1 << 20
	// ttlInputMax bounds the stdout that is passed to --ttl-cmd. It is kept in
	// memory.
	ttlInputMax = 4 << 20
	// ttlCmdMax bounds the output of --ttl-cmd.
	ttlCmdMax = 4 << 10
)

// copyOfStdout returns a buffer for a copy of stdout, or nil if the policy
// needs none.
func (p *Policy) copyOfStdout() *capture.Limited {
	switch {
	case p.TTLCmd != "":
		return &capture.Limited{Most: ttlInputMax}
	case p.ExpiresFrom.Given():
		return &capture.Limited{Most: queryMax}
	}
	return nil
}

// readCarried sets the end that the stdout of a good result names. The earliest
// end counts, including those set by `memo annotate`. If an end can't be read,
// it sets the outcome's CarriedError.
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
				// Another run may get another lifetime, which the user should
				// know.
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

// query returns the value that the jq program yields for stdout.
func (c *call) query(stdout *capture.Limited) (any, error) {
	if stdout.Over() || stdout.Size() > queryMax {
		return nil, fmt.Errorf("stdout is over %d MiB", queryMax>>20)
	}
	return c.policy.ExpiresFrom.Eval(stdout.Bytes())
}

// askTTL returns the lifetime that --ttl-cmd prints: its first line that is not
// empty.
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
	out, err := s.output()
	if err != nil {
		return "", rootCause(err)
	}
	first, _, _ := strings.Cut(string(bytes.TrimSpace(out)), "\n")
	return strings.TrimSpace(first), nil
}

// carriedEnd is [expiry.Carried] in the store's form: nanoseconds since the
// epoch, or [store.NoEnd].
func carriedEnd(v any, created time.Time) (int64, error) {
	end, never, err := expiry.Carried(v, created)
	if never {
		return store.NoEnd, err
	}
	return end, err
}
