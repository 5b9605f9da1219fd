package memo

import (
	"bytes"
	"errors"
	"io"
)

// chunkMin and chunkMax bound how much room a [limited] makes at a time.
const (
	chunkMin = 512
	chunkMax = 64 << 10
)

// limited keeps what is written to it up to a bound, and nothing beyond it. It
// keeps it in pieces: a buffer that grows takes three times what is in it.
type limited struct {
	most   int
	size   int // what was written until it was too much
	chunks [][]byte
	over   bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.over || len(p) > l.most-l.size {
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
func (l *limited) fill(p []byte) int {
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

// Bytes returns a copy of what was written; nothing if it was too much.
func (l *limited) Bytes() []byte { return bytes.Join(l.chunks, nil) }

// Reader returns what was written, without a copy of it.
func (l *limited) Reader() io.Reader {
	readers := make([]io.Reader, len(l.chunks))
	for i, chunk := range l.chunks {
		readers[i] = bytes.NewReader(chunk)
	}
	return io.MultiReader(readers...)
}
