package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"
	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An encoded result is, integers little-endian:
//
//	header   magic [8], key [32], id uint64
//	parts    kind uint8, length uint64, that many bytes
//	footer   offset of the last part uint64, checksum [32], magic [8]
//
// There are two kinds of parts, one of each in this order:
//
//	streams  chunks: stream uint8, length uint64, that many bytes; never
//	         empty, and neighbours differ in stream
//	meta     the Result in CBOR (RFC 8949), strings as byte strings because
//	         arguments and paths need not be UTF-8; always the last part
//
// A later memo may add other kinds of parts before the meta, and other fields
// to the meta. Such a result is valid, but this memo can't serve it: its
// metadata can be read, and [Reading.Verify] returns a [*NewerError].
//
// The checksum is BLAKE3 over the header, the headers of all parts, the meta
// and the offset in the footer, so the meta can be trusted without reading the
// output. Result.PayloadDigest is BLAKE3 over the chunks, each as its data
// followed by its stream and length (the length is known only after the data).
// Together they cover every byte. The footer ends the file, and offsets count
// from the header, so that an encoding can be embedded in another file or sent
// elsewhere; see [DecodeResult].
const (
	resultMagic = "memo.r2\n"
	footerMagic = "memo.e2\n"

	headerSize      = 8 + 32 + 8
	partHeaderSize  = 1 + 8
	chunkHeaderSize = 1 + 8
	footerSize      = 8 + 32 + 8
	// streamsAt is the offset of the chunks in an encoding by this memo.
	streamsAt = headerSize + partHeaderSize

	// smallSize is the largest result that is kept in memory until it is
	// committed, and that is read with one call. Few outputs are larger.
	smallSize = 64 << 10

	// maxMeta and maxElements bound what a hostile file can make the decoder
	// allocate. A traced compile with 100,000 inputs needs about 20 MiB.
	maxMeta     = 32 << 20
	maxElements = 1 << 20
	maxParts    = 256
)

// Kinds of parts.
const (
	partStreams = 1
	partMeta    = 2
)

// A CorruptError reports a damaged file. Its result is a miss, and the caller
// should remove the file; see [Store.Remove].
type CorruptError struct {
	Path   string
	Reason string
}

func (e *CorruptError) Error() string { return fmt.Sprintf("read result %q: %s", e.Path, e.Reason) }

// A NewerError reports a result that a newer memo wrote and that this memo
// can't serve. It is a miss, and the caller should keep the file.
type NewerError struct {
	Path   string
	Reason string
}

func (e *NewerError) Error() string { return fmt.Sprintf("read result %q: %s", e.Path, e.Reason) }

// A flaw describes a defect of an encoding, independent of where it was read.
type flaw string

func (f flaw) Error() string { return string(f) }

// damage turns a flaw into a [*CorruptError] and returns other errors as they
// are.
func damage(path string, err error) error {
	if f, ok := err.(flaw); ok {
		return &CorruptError{path, string(f)}
	}
	return err
}

func appendHeader(b []byte, key fingerprint.Key, id uint64) []byte {
	b = append(b, resultMagic...)
	b = append(b, key[:]...)
	return binary.LittleEndian.AppendUint64(b, id)
}

// parseHeader reads a header of headerSize bytes.
func parseHeader(b []byte) (key fingerprint.Key, id uint64, err error) {
	if string(b[:8]) != resultMagic {
		return key, 0, flaw("not a result of this format version")
	}
	copy(key[:], b[8:40])
	return key, binary.LittleEndian.Uint64(b[40:]), nil
}

func appendPartHeader(b []byte, kind byte, n int64) []byte {
	b = append(b, kind)
	return binary.LittleEndian.AppendUint64(b, uint64(n))
}

// parsePartHeader reads a part header of partHeaderSize bytes. It rejects a
// part of more than room bytes.
func parsePartHeader(b []byte, room int64) (kind byte, n int64, err error) {
	length := binary.LittleEndian.Uint64(b[1:])
	if room < 0 || length > uint64(room) {
		return 0, 0, flaw("part that does not fit")
	}
	return b[0], int64(length), nil
}

// A partList describes the parts of a result other than the meta.
type partList struct {
	headers []byte // of all parts, covered by the checksum
	begin   int64  // where the chunks are
	end     int64
	newer   string // why this memo can't serve the result, "" if it can
}

// add adds a part whose content begins at off.
func (l *partList) add(header []byte, kind byte, off, n int64) error {
	switch {
	case len(l.headers) >= maxParts*partHeaderSize:
		return flaw("too many parts")
	case kind == partMeta:
		return flaw("metadata that is not at the end")
	case kind == partStreams && l.begin > 0:
		return flaw("streams twice")
	case kind == partStreams:
		l.begin, l.end = off, off+n
	case l.newer == "":
		l.newer = fmt.Sprintf("it has a part of kind %d, which this memo does not know", kind)
	}
	l.headers = append(l.headers, header...)
	return nil
}

func appendChunkHeader(b []byte, stream Stream, n int64) []byte {
	b = append(b, byte(stream))
	return binary.LittleEndian.AppendUint64(b, uint64(n))
}

// parseChunkHeader reads a chunk header of chunkHeaderSize bytes. It rejects a
// chunk of more than room bytes.
func parseChunkHeader(b []byte, last Stream, room int64) (Stream, int64, error) {
	stream, n := Stream(b[0]), binary.LittleEndian.Uint64(b[1:])
	switch {
	case stream != Stdout && stream != Stderr:
		return 0, 0, flaw(fmt.Sprintf("chunk of unknown stream %d", stream))
	case stream == last:
		return 0, 0, flaw("chunk that should have been part of the one before")
	case n == 0 || room < 0 || n > uint64(room):
		return 0, 0, flaw("chunk that does not fit")
	}
	return stream, int64(n), nil
}

// appendTail appends the meta and the footer. off is the offset of the meta in
// the encoding, and begin holds the bytes before the chunks.
func appendTail(b, begin []byte, res *Result, off int64) ([]byte, error) {
	meta, err := marshal(res)
	if err != nil {
		return nil, err
	}
	header := appendPartHeader(nil, partMeta, int64(len(meta)))
	foot := binary.LittleEndian.AppendUint64(nil, uint64(off))
	sum := checksum(begin, header, meta, foot)
	b = slices.Concat(b, header, meta, foot, sum[:])
	return append(b, footerMagic...), nil
}

// A footer is the end of an encoded result.
type footer struct {
	meta int64  // offset of the last part
	raw  []byte // the bytes that the checksum covers
	sum  fingerprint.Digest
}

// parseFooter reads the footer, the last footerSize bytes of an encoding of
// size bytes.
func parseFooter(b []byte, size int64) (footer, error) {
	if string(b[40:]) != footerMagic {
		return footer{}, flaw("no end: cut short or altered")
	}
	off := binary.LittleEndian.Uint64(b)
	if off < headerSize || size < headerSize+partHeaderSize+footerSize || off > uint64(size-footerSize-partHeaderSize) {
		return footer{}, flaw("footer does not fit the file")
	}
	return footer{int64(off), b[:8], fingerprint.Digest(b[8:40])}, nil
}

// decodeMeta verifies and decodes the last part of an encoding, given with its
// part header. It sets l.newer if a newer memo wrote the result.
func decodeMeta(header []byte, l *partList, last []byte, foot footer) (*Result, error) {
	kind, n, err := parsePartHeader(last, int64(len(last)-partHeaderSize))
	if err != nil || kind != partMeta || n != int64(len(last)-partHeaderSize) {
		return nil, flaw("no metadata where it should be")
	}
	if checksum(header, l.headers, last, foot.raw) != foot.sum {
		return nil, flaw("checksum of the metadata differs")
	}
	res := new(Result)
	err = unmarshal(last[partHeaderSize:], res)
	if newer := (*cbor.UnknownFieldError)(nil); errors.As(err, &newer) {
		l.newer = cmp.Or(l.newer, "it has a field that this memo does not know")
		res = new(Result)
		err = unmarshalKnown(last[partHeaderSize:], res)
	}
	switch {
	case err != nil:
		return nil, flaw(err.Error())
	case string(res.Key[:]) != string(header[8:40]):
		return nil, flaw("metadata of another key")
	case l.newer == "" && l.begin != streamsAt:
		return nil, flaw("no output")
	}
	return res, nil
}

// checksum returns the BLAKE3 hash of the parts. Their lengths need no encoding:
// the format fixes them.
func checksum(parts ...[]byte) fingerprint.Digest {
	h := blake3.New()
	for _, p := range parts {
		h.Write(p)
	}
	var d fingerprint.Digest
	h.Sum(d[:0])
	return d
}

// marshal encodes v. It fails if [unmarshal] would reject the encoding.
func marshal(v any) ([]byte, error) {
	mode, err := cbor.EncOptions{
		Sort:        cbor.SortCoreDeterministic,
		IndefLength: cbor.IndefLengthForbidden,
		TagsMd:      cbor.TagsForbidden,
		String:      cbor.StringToByteString,
	}.EncMode()
	if err != nil {
		return nil, err
	}
	b, err := mode.Marshal(v)
	if err == nil && len(b) > maxMeta {
		err = fmt.Errorf("metadata of %d bytes is over the limit of %d", len(b), maxMeta)
	}
	return b, err
}

// unmarshal decodes exactly one value. It rejects unknown fields, duplicate
// fields and trailing bytes.
func unmarshal(b []byte, v any) error { return unmarshalBy(b, v, cbor.ExtraDecErrorUnknownField) }

// unmarshalKnown is unmarshal, but ignores unknown fields.
func unmarshalKnown(b []byte, v any) error { return unmarshalBy(b, v, cbor.ExtraDecErrorNone) }

func unmarshalBy(b []byte, v any, extra cbor.ExtraDecErrorCond) error {
	mode, err := cbor.DecOptions{
		DupMapKey:          cbor.DupMapKeyEnforcedAPF,
		IndefLength:        cbor.IndefLengthForbidden,
		TagsMd:             cbor.TagsForbidden,
		MaxArrayElements:   maxElements,
		MaxNestedLevels:    16,
		ExtraReturnErrors:  extra,
		ByteStringToString: cbor.ByteStringToStringAllowed,
	}.DecMode()
	if err != nil {
		return err
	}
	return mode.Unmarshal(b, v)
}
