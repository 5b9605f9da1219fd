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

// An inputError says why the standard input could not be read or spooled.
type inputError struct {
	op  string
	err error
}

func (e *inputError) Error() string { return e.op + " stdin: " + rootCause(e.err).Error() }

// inputInline is the largest input, in bytes, that is passed to the command
// through a pipe. Pipes hold that much on every system.
const inputInline = 4 << 10

// An input is the standard input of a call, read to its end. A nil input is
// empty.
type input struct {
	digest fingerprint.Digest
	small  []byte
	spool  *os.File  // the whole input, if it is not small
	rest   io.Reader // after an error: the whole input, readable once
}

// readInput reads an input to its end. If it fails with an [inputError], the
// returned input can be opened once and yields everything that r yields. It is
// nil if nothing could be read; then the command can read r itself.
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
	case err != nil: // the command reads what there was, then end of file
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

// fill copies the whole input into the spool. After an error, rest yields the
// spooled part and then the remainder.
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

// open returns a file from which the input can be read from its start. The
// caller closes it. Only one such file may be in use at a time.
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

// feed returns the reading end of a pipe into which r is copied. A small input
// is in the pipe when feed returns, so that it outlives this process.
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
		_, _ = io.Copy(write, r) // the command may not read it all
		write.Close()
	}()
	return read, nil
}

func (in *input) close() {
	if in != nil && in.spool != nil {
		capture.CloseSpool(in.spool)
	}
}
