package fingerprint

import (
	"encoding/hex"
	"testing"

	"github.com/zeebo/blake3"
)

// TestBLAKE3 holds the library, whichever code it chose for this processor, to
// test vectors of the reference implementation (test_vectors.json: the input is
// 0, 1, ... 250, 0, 1, ...).
func TestBLAKE3(t *testing.T) {
	for size, want := range map[int]string{
		0:      "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
		1:      "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
		102400: "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085",
	} {
		in := make([]byte, size)
		for i := range in {
			in[i] = byte(i % 251)
		}
		if sum := blake3.Sum256(in); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%d bytes: %x, want %s", size, sum, want)
		}
	}
}
