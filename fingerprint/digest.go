package fingerprint

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/zeebo/blake3"
)

// A Digest is a BLAKE3 hash of 256 bits.
type Digest [32]byte

// String returns the digest as 64 hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether d was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// A FieldHash hashes named fields. Every name and every value is preceded by
// its length, so that no two different sequences of fields hash alike. The
// zero value is not usable; see [NewFieldHash].
type FieldHash struct{ h *blake3.Hasher }

// NewFieldHash returns a FieldHash for one purpose. Hashes of different
// purposes never collide.
func NewFieldHash(purpose string) *FieldHash {
	f := &FieldHash{blake3.New()}
	f.raw(purpose)
	return f
}

// Reset starts a new hash for a purpose. A FieldHash takes 10 KB, so use one
// for many small hashes.
func (f *FieldHash) Reset(purpose string) {
	f.h.Reset()
	f.raw(purpose)
}

func (f *FieldHash) raw(s string) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
	f.h.Write(n[:])
	f.h.WriteString(s)
}

// String adds a named string.
func (f *FieldHash) String(name, value string) {
	f.raw(name)
	f.raw(value)
}

// Strings adds a named list of strings, preceded by their number.
func (f *FieldHash) Strings(name string, values []string) {
	f.raw(name)
	f.Int("len", int64(len(values)))
	for _, v := range values {
		f.raw(v)
	}
}

// Int adds a named integer.
func (f *FieldHash) Int(name string, value int64) {
	f.raw(name)
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(value))
	f.h.Write(n[:])
}

// Bool adds a named truth value.
func (f *FieldHash) Bool(name string, value bool) {
	n := int64(0)
	if value {
		n = 1
	}
	f.Int(name, n)
}

// Digest adds a named digest.
func (f *FieldHash) Digest(name string, d Digest) { f.String(name, string(d[:])) }

// Sum returns the digest of all fields added so far.
func (f *FieldHash) Sum() Digest {
	var d Digest
	f.h.Sum(d[:0])
	return d
}
