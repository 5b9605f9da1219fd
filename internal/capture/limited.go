package capture

import (
	"bytes"
	"errors"
)

// roomAtFirst is how much room a [Limited] makes with the first write. Memory that
// is not written to costs nothing.
const roomAtFirst = 1 << 20

// Limited is a buffer of at most Most bytes. If more is written, it keeps
// nothing.
type Limited struct {
	Most int
	buf  bytes.Buffer
	over bool
}

func (l *Limited) Write(p []byte) (int, error) {
	if l.over || len(p) > l.Most-l.buf.Len() {
		l.over, l.buf = true, bytes.Buffer{}
		return 0, errors.New("too much output")
	}
	if l.buf.Cap() == 0 {
		l.buf.Grow(min(l.Most, roomAtFirst)) // what it grows by later is taken three times
	}
	return l.buf.Write(p)
}

// Over reports whether more than Most bytes were written.
func (l *Limited) Over() bool { return l.over }

// Size returns how many bytes are kept.
func (l *Limited) Size() int { return l.buf.Len() }

// Bytes returns the bytes that are kept. They are valid until the next write.
func (l *Limited) Bytes() []byte { return l.buf.Bytes() }
