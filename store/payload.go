package store

import (
	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// Sizes of windows into a file: large for data, small for headers.
const (
	dataWindow   = 256 << 10
	headerWindow = 16 << 10
)

// Chunks calls do with each chunk of output in order: its stream, its offset in
// [Reading.File], its length. Neighbours differ in stream. It stops at the first
// error of do and returns it. A malformed chunk list is a [*CorruptError], which
// can't happen after [Reading.Verify].
func (r *Reading) Chunks(do func(stream Stream, off, n int64) error) error {
	if r.newer != "" {
		return &NewerError{r.path, r.newer}
	}
	return damage(r.path, walkChunks(r.window(headerWindow), r.begin, r.end, func(stream Stream, off, n int64) error {
		return do(stream, r.base+off, n)
	}))
}

// Verify reads the output and checks it against the digest and the sizes in
// Result. Memory is bounded. The error is a [*NewerError] if this memo can't
// serve the result, a [*CorruptError] if the output is damaged, or an error of
// the read.
func (r *Reading) Verify() error {
	if r.newer != "" {
		return &NewerError{r.path, r.newer}
	}
	sum, err := sumChunks(r.window(dataWindow), r.begin, r.end, nil)
	if err == nil {
		err = sum.check(r.Result)
	}
	return damage(r.path, err)
}

// A chunkSum holds the digest and the sizes of a list of chunks.
type chunkSum struct {
	digest fingerprint.Digest
	sizes  [Stderr + 1]int64
}

// check compares the sum with the metadata.
func (c *chunkSum) check(res *Result) error {
	switch {
	case c.digest != res.PayloadDigest:
		return flaw("checksum of the output differs")
	case c.sizes[Stdout] != res.StdoutSize || c.sizes[Stderr] != res.StderrSize:
		return flaw("sizes of the output differ")
	}
	return nil
}

// sumChunks reads the chunks between two offsets and passes their data to out
// if that is not nil.
func sumChunks(src source, begin, end int64, out func(Stream, []byte) error) (sum chunkSum, err error) {
	h := blake3.New()
	var header [chunkHeaderSize]byte
	err = walkChunks(src, begin, end, func(stream Stream, off, n int64) error {
		sum.sizes[stream] += n
		for left := n; left > 0; {
			p, err := src.some(off, left)
			if err != nil {
				return err
			}
			h.Write(p)
			if out != nil {
				if err := out(stream, p); err != nil {
					return err
				}
			}
			off, left = off+int64(len(p)), left-int64(len(p))
		}
		h.Write(appendChunkHeader(header[:0], stream, n))
		return nil
	})
	h.Sum(sum.digest[:0])
	return sum, err
}

// walkChunks calls do with each chunk between two offsets from the start of
// the encoding.
func walkChunks(src source, begin, end int64, do func(stream Stream, off, n int64) error) error {
	var last Stream
	for off := begin; off < end; {
		header, err := src.exactly(off, min(chunkHeaderSize, end-off))
		if err != nil {
			return err
		}
		if len(header) < chunkHeaderSize {
			return flaw("chunks run past their end")
		}
		off += chunkHeaderSize
		stream, n, err := parseChunkHeader(header, last, end-off)
		if err != nil {
			return err
		}
		if err := do(stream, off, n); err != nil {
			return err
		}
		last, off = stream, off+n
	}
	return nil
}

// A source is an encoding that is read at offsets that never decrease. The bytes
// it returns are valid until the next call.
type source interface {
	// exactly returns n bytes; some returns at least one and at most n.
	exactly(off, n int64) ([]byte, error)
	some(off, n int64) ([]byte, error)
}

// A window is a source that buffers a part of a Reading and moves with the
// offset.
type window struct {
	r     *Reading
	buf   []byte // backing store, nil if all is in memory
	start int64
	data  []byte // the bytes at start
}

func (r *Reading) window(size int64) *window {
	if r.small != nil {
		return &window{r: r, data: r.small[:r.end]}
	}
	return &window{r: r, buf: make([]byte, min(size, r.end))}
}

func (w *window) some(off, n int64) ([]byte, error) {
	if off < w.start || off >= w.start+int64(len(w.data)) {
		if err := w.move(off); err != nil {
			return nil, err
		}
	}
	p := w.data[off-w.start:]
	return p[:min(n, int64(len(p)))], nil
}

func (w *window) exactly(off, n int64) ([]byte, error) {
	if off < w.start || off+n > w.start+int64(len(w.data)) {
		if err := w.move(off); err != nil {
			return nil, err
		}
		if int64(len(w.data)) < n {
			return nil, flaw("chunks run past their end")
		}
	}
	return w.data[off-w.start:][:n], nil
}

// move moves the window to off.
func (w *window) move(off int64) error {
	n := min(int64(len(w.buf)), w.r.end-off)
	if n <= 0 {
		return flaw("chunks run past their end")
	}
	w.data = nil
	if err := w.r.read(w.buf[:n], off); err != nil {
		return err
	}
	w.start, w.data = off, w.buf[:n]
	return nil
}
