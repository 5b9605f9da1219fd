package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// The invalidation log is a header and any number of records.
//
//	header, 48 bytes            record
//	 0  8  magic and version     0  4  length of the body
//	 8 16  id of this log        4  4  CRC-32 of length and body
//	24 16  id of its predecessor 8  n  body: a Selector in CBOR
//	40  4  CRC-32 of 0..40
//	44  4  zero
//
// Integers are little-endian. If neither the id nor the length of the file has
// changed, nothing was appended.
const (
	logMagic      = "memolog\x01"
	logHeaderSize = 48
	recordHead    = 8
	// maxRecord bounds one record. The arguments of a process are bounded by
	// 2 MiB on Linux (a quarter of the default stack) and 1 MiB on macOS.
	maxRecord = 4 << 20
)

// errLogDamaged says that a log or a part of it can't be decoded.
var errLogDamaged = errors.New("invalidation log is damaged")

// A logHeader identifies a log. The predecessor is zero if there is none.
type logHeader struct{ id, predecessor [16]byte }

func (h logHeader) encode() []byte {
	b := make([]byte, 0, logHeaderSize)
	b = append(b, logMagic...)
	b = append(b, h.id[:]...)
	b = append(b, h.predecessor[:]...)
	b = binary.LittleEndian.AppendUint32(b, checksum32(b))
	return append(b, 0, 0, 0, 0)
}

func decodeLogHeader(b []byte) (logHeader, error) {
	var h logHeader
	if len(b) != logHeaderSize || string(b[:8]) != logMagic ||
		binary.LittleEndian.Uint32(b[40:]) != checksum32(b[:40]) || !bytes.Equal(b[44:], make([]byte, 4)) {
		return h, errLogDamaged
	}
	copy(h.id[:], b[8:])
	copy(h.predecessor[:], b[24:])
	if h.id == ([16]byte{}) {
		return h, errLogDamaged
	}
	return h, nil
}

// A logRecord is a selector and the position in the log at which it begins.
type logRecord struct {
	at  int64
	sel Selector
}

// encodeLogRecord returns the record of one selector.
func encodeLogRecord(sel *Selector) ([]byte, error) {
	body, err := marshal(sel)
	if err != nil {
		return nil, fmt.Errorf("encode invalidation: %w", err)
	}
	if len(body) > maxRecord {
		return nil, errors.New("encode invalidation: too many selectors at once")
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	b = binary.LittleEndian.AppendUint32(b, checksum32(b[:4], body))
	return append(b, body...), nil
}

// decodeLogRecords decodes the bytes of a log from position at to its end.
// Anything that is not a whole record is an error.
func decodeLogRecords(b []byte, at int64) ([]logRecord, error) {
	var records []logRecord
	for len(b) > 0 {
		if len(b) < recordHead {
			return nil, errLogDamaged
		}
		n := int64(binary.LittleEndian.Uint32(b))
		if n > maxRecord || n > int64(len(b)-recordHead) {
			return nil, errLogDamaged
		}
		body := b[recordHead : recordHead+n]
		if binary.LittleEndian.Uint32(b[4:]) != checksum32(b[:4], body) {
			return nil, errLogDamaged
		}
		r := logRecord{at: at}
		if err := unmarshal(body, &r.sel); err != nil {
			return nil, fmt.Errorf("%w: %v", errLogDamaged, err)
		}
		records = append(records, r)
		b = b[recordHead+n:]
		at += recordHead + n
	}
	return records, nil
}

// checksum32 returns the CRC-32 (IEEE 802.3) of parts, one after the other.
func checksum32(parts ...[]byte) uint32 {
	sum := uint32(0)
	for _, p := range parts {
		sum = crc32.Update(sum, crc32.IEEETable, p)
	}
	return sum
}
