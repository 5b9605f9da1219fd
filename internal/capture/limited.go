package capture

import (
	"bytes"
	"errors"
)

// Limited keeps what is written to it up to a bound, and nothing if that is
// exceeded.
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
	return l.buf.Write(p)
}

// Over reports whether more was written than is kept.
func (l *Limited) Over() bool { return l.over }

// Size is how many bytes are kept.
func (l *Limited) Size() int { return l.buf.Len() }

// Bytes returns what was written; nothing if it was too much. It is valid until
// the next write.
func (l *Limited) Bytes() []byte { return l.buf.Bytes() }
