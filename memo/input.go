package memo

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/capture"
)

// An inputError says why the standard input could not be spooled. What was read
// of it is kept for the command.
type inputError struct {
	op  string
	err error
}

func (e *inputError) Error() string { return e.op + " stdin: " + rootCause(e.err).Error() }

// inputInline is the largest input that is handed to the command through a
// pipe, which takes that much at once on every system.
const inputInline = 4 << 10

// An input is the standard input of a call, read to its end. A nil input is
// that of a call without one.
type input struct {
	digest fingerprint.Digest
	small  []byte
	spool  *os.File // the whole input, if it is not small
	rest   io.Reader
}

// readInput reads an input to its end. If it can't be spooled, the input
// returned with the [inputError] holds a reader of the whole for one use; nil
// says that nothing could be read and the command may see for itself.
func readInput(r io.Reader) (*input, error) {
	in := &input{}
	hash := blake3.New()
	head := make([]byte, inputInline+1)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	_, _ = hash.Write(head) // a hash takes everything
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		in.small = head
		hash.Sum(in.digest[:0])
		return in, nil
	case err != nil && n == 0:
		return nil, &inputError{"read", err}
	case err != nil: // the command sees what there was, and its end
		in.rest = bytes.NewReader(head)
		return in, &inputError{"read", err}
	}
	if in.spool, err = capture.SpoolFile(); err != nil {
		in.rest = io.MultiReader(bytes.NewReader(head), r)
		return in, &inputError{"spool", err}
	}
	all := io.MultiReader(bytes.NewReader(head), io.TeeReader(r, hash))
	if err := in.fill(all); err != nil {
		return in, &inputError{"spool", err}
	}
	hash.Sum(in.digest[:0])
	return in, nil
}

// fill copies a whole input into the spool. After an error, rest reads the
// part that was spooled and then the others.
func (in *input) fill(all io.Reader) error {
	buf := make([]byte, 64<<10)
	var size int64
	for {
		n, err := all.Read(buf)
		if n > 0 {
			if m, werr := in.spool.Write(buf[:n]); werr != nil {
				size += int64(m)
				in.rest = io.MultiReader(io.NewSectionReader(in.spool, 0, size),
					bytes.NewReader(bytes.Clone(buf[m:n])), all)
				return werr
			}
			size += int64(n)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			in.rest = io.NewSectionReader(in.spool, 0, size)
			return err
		}
	}
}

// open returns a file that gives the input from its start, to be closed by
// the caller. Only one may be in use at a time.
func (in *input) open() (*os.File, error) {
	switch {
	case in == nil:
		if null, err := os.Open(os.DevNull); err == nil {
			return null, nil
		}
		return feed(bytes.NewReader(nil)) // a container without devices
	case in.rest != nil:
		return feed(in.rest)
	case in.spool != nil:
		if _, err := in.spool.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return duplicate(in.spool)
	default:
		return feed(bytes.NewReader(in.small))
	}
}

// feed returns the reading end of a pipe into which a reader is copied. A
// small input is in it when feed returns, so that it outlives the process.
func feed(r io.Reader) (*os.File, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	read.Fd() // puts it into blocking mode, which commands expect
	if b, ok := r.(*bytes.Reader); ok && b.Len() <= inputInline {
		_, err = b.WriteTo(write)
		write.Close()
		return read, err
	}
	go func() {
		_, _ = io.Copy(write, r) // the command may not want it all
		write.Close()
	}()
	return read, nil
}

func (in *input) close() {
	if in != nil && in.spool != nil {
		capture.CloseSpool(in.spool)
	}
}
