package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An encoded result is, integers little-endian:
//
//	header   magic [8], key [32], id uint64
//	chunks   stream uint8, length uint64, that many bytes; never empty, and
//	         neighbours differ in stream
//	end      nine zero bytes
//	meta     the Result in CBOR (RFC 8949), strings as byte strings because
//	         arguments and paths need not be UTF-8
//	footer   meta's offset and length (uint64 each), checksum [32], magic [8]
//
// The checksum is BLAKE3 over header, meta, and the footer before it, so the
// meta can be trusted without reading the output. Result.PayloadDigest is
// BLAKE3 over the chunks, each as its data followed by its stream and length
// (the length is not known before the data has passed). Together they cover
// every byte. The end of the file is the end of the footer, and offsets count
// from the header, so that an encoding can be embedded in another file.
const (
	resultMagic = "memo.r1\n"
	footerMagic = "memo.e1\n"

	headerSize      = 8 + 32 + 8
	chunkHeaderSize = 1 + 8
	footerSize      = 8 + 8 + 32 + 8

	// smallSize is up to where a result is kept in memory before it is
	// committed, and is read with one call. Few outputs are larger.
	smallSize = 64 << 10

	// maxMeta and maxElements bound what a hostile file can make the decoder
	// allocate. A traced compile with 100,000 inputs needs about 20 MiB.
	maxMeta     = 32 << 20
	maxElements = 1 << 20
)

// A CorruptError reports a file that is not what was written. Its result is a
// miss, and the file should be removed; see [Store.Remove].
type CorruptError struct {
	Path   string
	Reason string
}

func (e *CorruptError) Error() string { return fmt.Sprintf("read result %q: %s", e.Path, e.Reason) }

// appendHeader appends the header of an encoded result.
func appendHeader(b []byte, key fingerprint.Key, id uint64) []byte {
	b = append(b, resultMagic...)
	b = append(b, key[:]...)
	return binary.LittleEndian.AppendUint64(b, id)
}

// parseHeader reads a header of headerSize bytes.
func parseHeader(b []byte) (key fingerprint.Key, id uint64, err error) {
	if string(b[:8]) != resultMagic {
		return key, 0, errors.New("not a result of this format version")
	}
	copy(key[:], b[8:40])
	return key, binary.LittleEndian.Uint64(b[40:]), nil
}

// appendChunkHeader appends the header of a chunk, or of the end if n is 0.
func appendChunkHeader(b []byte, stream Stream, n int64) []byte {
	b = append(b, byte(stream))
	return binary.LittleEndian.AppendUint64(b, uint64(n))
}

// parseChunkHeader reads a chunk header of chunkHeaderSize bytes that is
// followed by room bytes, the end mark among them. Stream and length are 0 at
// the end.
func parseChunkHeader(b []byte, last Stream, room int64) (Stream, int64, error) {
	stream, n := Stream(b[0]), binary.LittleEndian.Uint64(b[1:])
	switch {
	case stream == 0 && n == 0 && room == 0:
		return 0, 0, nil
	case stream != Stdout && stream != Stderr:
		return 0, 0, fmt.Errorf("chunk of unknown stream %d", stream)
	case stream == last:
		return 0, 0, errors.New("chunk that should have been part of the one before")
	case n == 0 || room < chunkHeaderSize || n > uint64(room-chunkHeaderSize):
		return 0, 0, errors.New("chunk that does not fit")
	}
	return stream, int64(n), nil
}

// appendTail appends what follows the end mark: meta and footer. metaOff is
// the offset of the meta in the encoding.
func appendTail(b, header []byte, res *Result, metaOff int64) ([]byte, error) {
	meta, err := marshal(res)
	if err != nil {
		return nil, err
	}
	b = append(b, meta...)
	start := len(b)
	b = binary.LittleEndian.AppendUint64(b, uint64(metaOff))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(meta)))
	sum := checksum(header, meta, b[start:])
	b = append(b, sum[:]...)
	return append(b, footerMagic...), nil
}

// A footer is where the meta of an encoded result lies.
type footer struct {
	metaOff, metaLen int64
	raw              []byte // as far as the checksum covers it
	sum              fingerprint.Digest
}

// parseFooter reads the footer, the last footerSize bytes of an encoding of
// size bytes.
func parseFooter(b []byte, size int64) (footer, error) {
	if string(b[48:]) != footerMagic {
		return footer{}, errors.New("no end: cut short or altered")
	}
	off, n := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	const least = headerSize + chunkHeaderSize
	if off < least || off > uint64(size) || n > maxMeta || off+n != uint64(size-footerSize) {
		return footer{}, errors.New("footer does not fit the file")
	}
	return footer{int64(off), int64(n), b[:16], fingerprint.Digest(b[16:48])}, nil
}

// checksum is BLAKE3 over the parts, whose lengths are fixed by the format.
func checksum(parts ...[]byte) fingerprint.Digest {
	h := blake3.New()
	for _, p := range parts {
		h.Write(p)
	}
	var d fingerprint.Digest
	h.Sum(d[:0])
	return d
}

// marshal encodes v so that [unmarshal] accepts it, or fails.
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

// unmarshal decodes exactly one value without anything unknown, doubled or
// left over.
func unmarshal(b []byte, v any) error {
	mode, err := cbor.DecOptions{
		DupMapKey:          cbor.DupMapKeyEnforcedAPF,
		IndefLength:        cbor.IndefLengthForbidden,
		TagsMd:             cbor.TagsForbidden,
		MaxArrayElements:   maxElements,
		MaxNestedLevels:    16,
		ExtraReturnErrors:  cbor.ExtraDecErrorUnknownField,
		ByteStringToString: cbor.ByteStringToStringAllowed,
	}.DecMode()
	if err != nil {
		return err
	}
	return mode.Unmarshal(b, v)
}
