package capture

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
)

// A Sink is one of the streams that output is written through to. After the
// first error it swallows what it is given, so that the capture can go on.
type Sink struct {
	w io.Writer
	// file is w if it is a file, for which descriptors can be used directly.
	file *os.File
	err  error
	// busy is when the write that is going on began, in nanoseconds since the
	// epoch, or 0: a leader that is blocked on its output holds up no waiter. spent
	// is how long those before it took, in nanoseconds.
	busy, spent atomic.Int64
}

// NewSink returns a sink that writes to w; nil discards what it is given.
func NewSink(w io.Writer) *Sink {
	if w == nil {
		w = io.Discard
	}
	file, _ := w.(*os.File)
	return &Sink{w: w, file: file}
}

// File is what the sink writes to if that is a file, else nil.
func (s *Sink) File() *os.File { return s.file }

// Blocked reports whether a write has been going on for longer than d.
func (s *Sink) Blocked(d time.Duration) bool {
	since := s.busy.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > d
}

// Waited returns how long all writes so far took.
func (s *Sink) Waited() time.Duration {
	total := time.Duration(s.spent.Load())
	if since := s.busy.Load(); since != 0 {
		total += time.Since(time.Unix(0, since))
	}
	return total
}

// Write writes all of p or notes why it could not.
func (s *Sink) Write(p []byte) {
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

// CopyRange writes n bytes of a file from an offset.
func (s *Sink) CopyRange(from *os.File, off, n int64) error {
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

// copyBuffered is CopyRange through memory. It returns the errors of reading;
// those of writing are the sink's.
func (s *Sink) copyBuffered(from *os.File, off, n int64) error {
	buf := make([]byte, min(n, 64<<10))
	for n > 0 {
		m, err := from.ReadAt(buf[:min(n, int64(len(buf)))], off)
		if m == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		s.Write(buf[:m])
		if s.err != nil {
			return nil
		}
		off, n = off+int64(m), n-int64(m)
	}
	return nil
}

// Err is the error of the write that failed, nil if none did.
func (s *Sink) Err() error { return s.err }

// Deadly returns the signal that would have killed another program at the
// write that failed: its reader left, or the file became longer than the
// process may make one. It is nil if there is none.
func (s *Sink) Deadly() os.Signal {
	switch {
	case errors.Is(s.err, syscall.EPIPE) && process.DiesOfPipe():
		return syscall.SIGPIPE
	case tooLong(s.err):
		return sigXFSZ
	default:
		return nil
	}
}
