package memo

import (
	"os"

	"github.com/seed-f39940ff/memo/internal/capture"
)

// outputError returns how writing the output failed: the signal to die of if a
// reader left, or an [OutputError]. It returns neither if all was written.
func outputError(out [2]*capture.Sink) (os.Signal, error) {
	for i, s := range out {
		if sig := s.Deadly(); sig != nil {
			return sig, nil
		}
		if err := s.Err(); err != nil {
			return nil, &OutputError{Stream: [2]string{"stdout", "stderr"}[i], Err: err}
		}
	}
	return nil, nil
}

// An OutputError reports that output could not be written to a stream.
type OutputError struct {
	Stream string
	Err    error
}

func (e *OutputError) Error() string { return "write " + e.Stream + ": " + rootCause(e.Err).Error() }
func (e *OutputError) Unwrap() error { return e.Err }
