package memo

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
)

// A sink is one of the streams that output is written through to. After the
// first error it swallows what it is given, so that the capture can go on.
type sink struct {
	w io.Writer
	// file is w if it is a file, for which descriptors can be used directly.
	file *os.File
	err  error
	// busy is when the write that is going on began, in nanoseconds since the
	// epoch, or 0: a leader that is blocked on its output holds nobody up. spent
	// is how long those before it took, in nanoseconds.
	busy, spent atomic.Int64
}

func newSink(w io.Writer) *sink {
	if w == nil {
		w = io.Discard
	}
	file, _ := w.(*os.File)
	return &sink{w: w, file: file}
}

// blocked reports whether a write has been going on for longer than d.
func (s *sink) blocked(d time.Duration) bool {
	since := s.busy.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > d
}

// waited returns how long all writes so far took.
func (s *sink) waited() time.Duration {
	total := time.Duration(s.spent.Load())
	if since := s.busy.Load(); since != 0 {
		total += time.Since(time.Unix(0, since))
	}
	return total
}

// write writes all of p or notes why it could not.
func (s *sink) write(p []byte) {
	if s.err != nil || len(p) == 0 {
		return
	}
	began := time.Now()
	s.busy.Store(began.UnixNano())
	if s.file != nil {
		s.err = writeFile(s.file, p)
	} else {
		_, s.err = s.w.Write(p)
	}
	s.busy.Store(0)
	s.spent.Add(int64(time.Since(began)))
}

// copyRange writes n bytes of a file from an offset.
func (s *sink) copyRange(from *os.File, off, n int64) error {
	if s.err != nil || n == 0 {
		return nil
	}
	if s.file != nil {
		done, err := copyKernel(s.file, from, off, n)
		off, n = off+done, n-done
		if err != nil {
			s.err = err
			return nil
		}
	}
	if n == 0 {
		return nil
	}
	return s.copyBuffered(from, off, n)
}

// copyBuffered is copyRange through memory. It returns the errors of reading;
// those of writing are the sink's.
func (s *sink) copyBuffered(from *os.File, off, n int64) error {
	buf := make([]byte, min(n, 64<<10))
	for n > 0 {
		m, err := from.ReadAt(buf[:min(n, int64(len(buf)))], off)
		if m == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		s.write(buf[:m])
		if s.err != nil {
			return nil
		}
		off, n = off+int64(m), n-int64(m)
	}
	return nil
}

// left reports whether the reader of the stream went away.
func (s *sink) left() bool { return errors.Is(s.err, syscall.EPIPE) }

// outputError is the outcome of a call whose output could not be written: the
// signal to die of if a reader left, else an error that names the stream.
func outputError(out [2]*sink) (os.Signal, error) {
	for i, s := range out {
		switch {
		case s.err == nil:
		case s.left() && process.DiesOfPipe():
			return syscall.SIGPIPE, nil
		case tooLong(s.err):
			return sigXFSZ, nil
		default:
			return nil, &OutputError{Stream: [2]string{"stdout", "stderr"}[i], Err: s.err}
		}
	}
	return nil, nil
}

// An OutputError says that output could not be written to its stream.
type OutputError struct {
	Stream string
	Err    error
}

func (e *OutputError) Error() string { return "write " + e.Stream + ": " + rootCause(e.Err).Error() }
func (e *OutputError) Unwrap() error { return e.Err }
