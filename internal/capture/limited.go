package capture

import (
	"bytes"
	"errors"
	"io"
)

// chunkMin and chunkMax bound how much room a [Limited] makes at a time.
const (
	chunkMin = 512
	chunkMax = 64 << 10
)

// Limited keeps what is written to it up to a bound, and nothing beyond it. It
// keeps it in pieces: a buffer that grows takes three times what is in it.
type Limited struct {
	Most   int
	size   int // what was written until it was too much
	chunks [][]byte
	over   bool
}

func (l *Limited) Write(p []byte) (int, error) {
	if l.over || len(p) > l.Most-l.size {
		l.over, l.chunks = true, nil
		return 0, errors.New("too much output")
	}
	n := len(p)
	for len(p) > 0 {
		p = p[l.fill(p):]
	}
	return n, nil
}

// fill puts as much of p as fits into the last chunk, or into a new one if
// that is full, and returns how much it was.
func (l *Limited) fill(p []byte) int {
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last]) == cap(l.chunks[last]) {
		l.chunks = append(l.chunks, make([]byte, 0, min(max(l.size, chunkMin), chunkMax)))
		last++
	}
	chunk := &l.chunks[last]
	n := min(len(p), cap(*chunk)-len(*chunk))
	*chunk = append(*chunk, p[:n]...)
	l.size += n
	return n
}

// Over reports whether more was written than is kept.
func (l *Limited) Over() bool { return l.over }

// Size is how many bytes are kept, or were until it was too much.
func (l *Limited) Size() int { return l.size }

// Bytes returns a copy of what was written; nothing if it was too much.
func (l *Limited) Bytes() []byte { return bytes.Join(l.chunks, nil) }

// Reader returns what was written, without a copy of it.
func (l *Limited) Reader() io.Reader {
	readers := make([]io.Reader, len(l.chunks))
	for i, chunk := range l.chunks {
		readers[i] = bytes.NewReader(chunk)
	}
	return io.MultiReader(readers...)
}
