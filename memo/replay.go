package memo

import (
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/store"
)

// replay writes a recorded output and returns the outcome with its exit code.
func (c *call) replay(rd *store.Reading) (Outcome, error) {
	if c.Foreground {
		process.RestoreAllDefaults()
	}
	o := c.outcome
	o.ExitCode = rd.Result.ExitCode
	readErr := rd.Chunks(func(stream store.Stream, off, n int64) error {
		return c.out[stream-1].CopyRange(rd.File(), off, n)
	})
	sig, err := outputError(c.out)
	if err == nil && sig == nil {
		err = readErr
	}
	if err != nil {
		o.ExitCode = ExitTrouble
	}
	o.Signal = sig
	return o, err
}
