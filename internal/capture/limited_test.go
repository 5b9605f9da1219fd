package capture

import (
	"io"
	"strings"
	"testing"
)

func TestLimited(t *testing.T) {
	for _, n := range []int{0, 9, 10, 11, 1 << 20} {
		l := Limited{Most: 10}
		// Package exec copies by ReadFrom if there is one; so does this test.
		_, err := io.Copy(&l, struct{ io.Reader }{strings.NewReader(strings.Repeat("x", n))})
		if over := n > 10; l.over != over || (err != nil) != over {
			t.Errorf("%d bytes: over %v, error %v", n, l.over, err)
		}
		if kept := len(l.Bytes()); l.over && kept != 0 || !l.over && kept != n {
			t.Errorf("%d bytes: kept %d", n, kept)
		}
	}
}
