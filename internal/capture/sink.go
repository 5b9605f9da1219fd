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

// A Sink is one of the streams to which output is written. After the first error
// it discards its output, so that the capture can go on.
type Sink struct {
	w io.Writer
	// file is w if w is a file; its descriptor is used directly.
	file *os.File
	err  error
	// busy is when the current write began, in nanoseconds since the epoch; 0:
	// there is none. spent is how long all earlier writes took, in nanoseconds.
	// A leader that is blocked on its output uses them to let its waiters go.
	busy, spent atomic.Int64
}

// NewSink returns a sink that writes to w. If w is nil, the sink discards its
// output.
func NewSink(w io.Writer) *Sink {
	if w == nil {
		w = io.Discard
	}
	file, _ := w.(*os.File)
	return &Sink{w: w, file: file}
}

// File returns the file that the sink writes to, or nil if it is no file.
func (s *Sink) File() *os.File { return s.file }

// Blocked reports whether a write has been going on for longer than d.
func (s *Sink) Blocked(d time.Duration) bool {
	since := s.busy.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > d
}

// Waited returns how long all writes have taken so far.
func (s *Sink) Waited() time.Duration {
	total := time.Duration(s.spent.Load())
	if since := s.busy.Load(); since != 0 {
		total += time.Since(time.Unix(0, since))
	}
	return total
}

// Write writes all of p. Err returns the error of the first write that failed.
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

// CopyRange writes n bytes of a file from an offset. It returns the errors of
// reading; Err returns those of writing.
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

// copyBuffered is CopyRange through a buffer in memory.
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

// Err returns the error of the first write that failed, or nil.
func (s *Sink) Err() error { return s.err }

// Deadly returns the signal that would have killed another program at the write
// that failed, or nil. It is SIGPIPE if the reader left, and SIGXFSZ if the file
// reached the size limit of the process.
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
