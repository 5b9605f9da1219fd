package memo

import (
	"bytes"
	"errors"
)

// limited keeps what is written to it up to a bound, and nothing beyond it.
// The buffer is no embedded field: its ReadFrom would know no bound.
type limited struct {
	most int
	buf  bytes.Buffer
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.over || l.buf.Len()+len(p) > l.most {
		l.over, l.buf = true, bytes.Buffer{}
		return 0, errors.New("too much output")
	}
	return l.buf.Write(p)
}

// Bytes returns what was written; nothing if it was too much.
func (l *limited) Bytes() []byte { return l.buf.Bytes() }
