package recall

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/dchest/siphash"
)

// A Digest is the 128-bit SipHash-2-4 of data under a table's key.
type Digest [16]byte

// String returns the two 64-bit halves of the digest in hexadecimal digits.
func (d Digest) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], binary.LittleEndian.Uint64(d[:]))
	binary.BigEndian.PutUint64(b[8:], binary.LittleEndian.Uint64(d[8:]))
	return hex.EncodeToString(b[:])
}

// A secret is the key of a table.
type secret [16]byte

func (k *secret) digest(b []byte) Digest {
	x, y := siphash.Hash128(binary.LittleEndian.Uint64(k[:]), binary.LittleEndian.Uint64(k[8:]), b)
	return join(x, y)
}

// chain adds a string to a chain of digests. It returns the digest of the chain
// so far and the digest of s, so that the boundaries of strings count.
func (k *secret) chain(soFar Digest, s string) Digest {
	d := k.digest([]byte(s))
	return k.digest(append(soFar[:], d[:]...))
}

// invocation returns the digest that names the file of an invocation's records.
func (k *secret) invocation(argv []string, dir string) Digest {
	d := join(uint64(len(argv)), 0)
	for _, arg := range argv {
		d = k.chain(d, arg)
	}
	return k.chain(d, dir)
}

// add returns the sum of two digests, each half modulo 2^64. The order of the
// summands does not matter.
func (d Digest) add(o Digest) Digest {
	x := binary.LittleEndian.Uint64(d[:]) + binary.LittleEndian.Uint64(o[:])
	y := binary.LittleEndian.Uint64(d[8:]) + binary.LittleEndian.Uint64(o[8:])
	return join(x, y)
}

func join(x, y uint64) Digest {
	var d Digest
	binary.LittleEndian.PutUint64(d[:], x)
	binary.LittleEndian.PutUint64(d[8:], y)
	return d
}
