package memo

import (
	"bytes"
	"errors"
)

// limited keeps what is written to it up to a bound.
type limited struct {
	bytes.Buffer
	most int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.over || l.Len()+len(p) > l.most {
		l.over = true
		return 0, errors.New("too much output")
	}
	return l.Buffer.Write(p)
}
