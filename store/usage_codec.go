package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"time"
)

// The totals file is, integers little-endian:
//
//	 0  8  magic and version
//	 8  8  results, signed       16 8 their size in bytes, signed
//	24  8  when they were last counted exactly, nanoseconds since the epoch
//	32  4  length of the body    36 4 number of uses
//	40 32  BLAKE3 of 0..40, body and uses
//	72  n  body: totalsBody in CBOR
//	    m  uses, 56 bytes each: id, last used, hits, saved, size, cost (8 bytes
//	       each), base (IEEE 754 binary64), sorted by id
//
// Uses are not in the CBOR because there can be a million of them.
const (
	totalsName       = "totals"
	totalsMagic      = "memotot\x01"
	totalsHeaderSize = 72
	useSize          = 56
)

// errTotalsDamaged says that the totals file can't be decoded.
var errTotalsDamaged = errors.New("totals are damaged")

type totalsBody struct {
	Since     int64            `cbor:"1,keyasint,omitempty"`
	Inflation float64          `cbor:"2,keyasint,omitempty"`
	Folded    map[string]int64 `cbor:"3,keyasint,omitempty"`
	Counts    Counts           `cbor:"4,keyasint"`
	Buckets   []bucketBody     `cbor:"5,keyasint,omitempty"`
	Commands  []CommandUse     `cbor:"6,keyasint,omitempty"`
}

type bucketBody struct {
	Hour     int64        `cbor:"1,keyasint"`
	Counts   Counts       `cbor:"2,keyasint"`
	Commands []CommandUse `cbor:"3,keyasint,omitempty"`
}

// encode returns the contents of the totals file.
func (t *totals) encode() ([]byte, error) {
	body := totalsBody{Since: t.since, Inflation: t.inflation, Folded: t.folded, Counts: t.counts, Commands: t.commands.list()}
	for _, hour := range slices.Sorted(maps.Keys(t.buckets)) {
		b := t.buckets[hour]
		body.Buckets = append(body.Buckets, bucketBody{hour, b.counts, b.commands.list()})
	}
	enc, err := marshal(&body)
	if err != nil {
		return nil, fmt.Errorf("encode totals: %w", err)
	}
	le := binary.LittleEndian
	b := make([]byte, 0, totalsHeaderSize+len(enc)+useSize*len(t.uses))
	b = append(b, totalsMagic...)
	b = le.AppendUint64(b, uint64(len(t.uses)))
	b = le.AppendUint64(b, uint64(t.size()))
	b = le.AppendUint64(b, uint64(t.counted))
	b = le.AppendUint32(b, uint32(len(enc)))
	b = le.AppendUint32(b, uint32(len(t.uses)))
	b = append(b, make([]byte, 32)...)
	b = append(b, enc...)
	for _, id := range slices.Sorted(maps.Keys(t.uses)) {
		b = appendUse(b, id, t.uses[id])
	}
	sum := checksum(b[:40], b[totalsHeaderSize:])
	copy(b[40:], sum[:])
	return b, nil
}

func (t commandTable) list() []CommandUse {
	list := make([]CommandUse, 0, len(t))
	for _, c := range t.sorted() {
		list = append(list, *c)
	}
	return list
}

func appendUse(b []byte, id uint64, u Use) []byte {
	le := binary.LittleEndian
	for _, v := range [...]uint64{id, uint64(u.LastUsed), uint64(u.Hits), uint64(u.Saved), uint64(u.Size), uint64(u.Cost)} {
		b = le.AppendUint64(b, v)
	}
	return le.AppendUint64(b, math.Float64bits(u.base))
}

// decodeTotals reads the contents of the totals file.
func decodeTotals(b []byte) (*totals, error) {
	le := binary.LittleEndian
	if len(b) < totalsHeaderSize || string(b[:8]) != totalsMagic {
		return nil, errTotalsDamaged
	}
	n, m := int64(le.Uint32(b[32:])), int64(le.Uint32(b[36:]))
	if n > maxMeta || int64(len(b)) != totalsHeaderSize+n+m*useSize {
		return nil, errTotalsDamaged
	}
	if sum := checksum(b[:40], b[totalsHeaderSize:]); string(sum[:]) != string(b[40:totalsHeaderSize]) {
		return nil, errTotalsDamaged
	}
	var body totalsBody
	// Fields that a later memo added are ignored.
	if err := unmarshalKnown(b[totalsHeaderSize:totalsHeaderSize+n], &body); err != nil {
		return nil, fmt.Errorf("%w: %v", errTotalsDamaged, err)
	}
	t := newTotals()
	t.since, t.inflation, t.folded, t.counts = body.Since, body.Inflation, body.Folded, body.Counts
	t.counted = int64(le.Uint64(b[24:]))
	t.commands = tableOf(body.Commands)
	for i := range body.Buckets {
		t.buckets[body.Buckets[i].Hour] = &bucket{body.Buckets[i].Counts, tableOf(body.Buckets[i].Commands)}
	}
	t.uses = make(map[uint64]Use, m)
	for u := b[totalsHeaderSize+n:]; len(u) > 0; u = u[useSize:] {
		field := func(i int) int64 { return max(0, int64(le.Uint64(u[8*i:]))) }
		t.uses[le.Uint64(u)] = Use{
			LastUsed: field(1), Hits: field(2), Saved: time.Duration(field(3)), Size: field(4), Cost: time.Duration(field(5)),
			base: math.Float64frombits(le.Uint64(u[48:])),
		}
	}
	return t, nil
}

func tableOf(list []CommandUse) commandTable {
	t := make(commandTable, len(list))
	for i := range list {
		t[groupOf(list[i].Key)] = &list[i]
	}
	return t
}

// loadTotals reads the totals file. The error is fs.ErrNotExist or
// errTotalsDamaged if the totals must start anew.
func (s *Store) loadTotals() (*totals, error) {
	f, size, err := openPlain(s.Path(totalsName), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > totalsHeaderSize+maxMeta+maxUses*useSize {
		return nil, errTotalsDamaged
	}
	b := make([]byte, size)
	if _, err := f.ReadAt(b, 0); err == io.EOF {
		return nil, errTotalsDamaged
	} else if err != nil {
		return nil, err
	}
	return decodeTotals(b)
}
