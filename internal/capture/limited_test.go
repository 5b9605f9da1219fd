package capture

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestLimited(t *testing.T) {
	for _, n := range []int{0, 9, 10, 11, 1 << 20} {
		l := Limited{Most: 10}
		// As package exec copies: by ReadFrom, if there is one.
		_, err := io.Copy(&l, struct{ io.Reader }{strings.NewReader(strings.Repeat("x", n))})
		if over := n > 10; l.over != over || (err != nil) != over {
			t.Errorf("%d bytes: over %v, error %v", n, l.over, err)
		}
		if kept := len(l.Bytes()); l.over && kept != 0 || !l.over && kept != n {
			t.Errorf("%d bytes: kept %d", n, kept)
		}
	}
}

// TestLimitedChunks writes pieces of all sizes across the ends of chunks.
func TestLimitedChunks(t *testing.T) {
	l := Limited{Most: 1 << 20}
	var want []byte
	for n := 0; len(want)+n <= l.Most; n += 37 {
		piece := bytes.Repeat([]byte{byte(n)}, n)
		want = append(want, piece...)
		if got, err := l.Write(piece); got != n || err != nil {
			t.Fatalf("%d bytes: wrote %d, error %v", n, got, err)
		}
	}
	room := 0
	for _, chunk := range l.chunks {
		room += cap(chunk)
	}
	if room > len(want)+chunkMax {
		t.Errorf("%d bytes take %d", len(want), room)
	}
	read, err := io.ReadAll(l.Reader())
	if err != nil || !bytes.Equal(read, want) || !bytes.Equal(l.Bytes(), want) {
		t.Errorf("wrote %d bytes, read %d others, error %v", len(want), len(read), err)
	}
	if _, err := l.Write(make([]byte, l.Most)); err == nil || !l.over || l.chunks != nil {
		t.Errorf("over the bound: error %v, over %v, %d chunks", err, l.over, len(l.chunks))
	}
}
