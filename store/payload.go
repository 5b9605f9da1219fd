package store

import (
	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// Windows into a file: large for data, small where mostly headers are read.
const (
	dataWindow   = 256 << 10
	headerWindow = 16 << 10
)

// Chunks calls do with each chunk of output in order: its stream, its offset
// in [Reading.File], its length. Neighbours differ in stream. The first error
// of do ends it and is returned. A chunk list that can't be is a
// [*CorruptError]; after [Reading.Verify] there is none.
func (r *Reading) Chunks(do func(stream Stream, off, n int64) error) error {
	return r.walk(r.window(headerWindow), func(stream Stream, off, n int64) error {
		return do(stream, r.base+off, n)
	})
}

// Verify reads all of the output and compares it with the digest and the
// sizes in Result. Memory is bounded. The error is a [*CorruptError] unless
// reading failed.
func (r *Reading) Verify() error {
	h := blake3.New()
	win := r.window(dataWindow)
	var sizes [Stderr + 1]int64
	var header [chunkHeaderSize]byte
	err := r.walk(win, func(stream Stream, off, n int64) error {
		sizes[stream] += n
		for left := n; left > 0; {
			p, err := win.some(off, left)
			if err != nil {
				return err
			}
			h.Write(p)
			off, left = off+int64(len(p)), left-int64(len(p))
		}
		h.Write(appendChunkHeader(header[:0], stream, n))
		return nil
	})
	if err != nil {
		return err
	}
	var sum fingerprint.Digest
	h.Sum(sum[:0])
	if sum != r.Result.PayloadDigest {
		return r.corrupt("checksum of the output differs")
	}
	if sizes[Stdout] != r.Result.StdoutSize || sizes[Stderr] != r.Result.StderrSize {
		return r.corrupt("sizes of the output differ")
	}
	return nil
}

// walk calls do with each chunk; offsets count from the encoding's start.
func (r *Reading) walk(win *window, do func(stream Stream, off, n int64) error) error {
	var last Stream
	for off := int64(headerSize); ; {
		header, err := win.exactly(off, chunkHeaderSize)
		if err != nil {
			return err
		}
		off += chunkHeaderSize
		stream, n, err := parseChunkHeader(header, last, r.end+chunkHeaderSize-off)
		if err != nil {
			return r.corrupt(err.Error())
		}
		if stream == 0 {
			return nil
		}
		if err := do(stream, off, n); err != nil {
			return err
		}
		last, off = stream, off+n
	}
}

// A window is a part of the chunks of a Reading that moves along with what is
// asked for. What it returns is valid until it is asked again.
type window struct {
	r     *Reading
	buf   []byte // backing store, nil if all is in memory
	start int64
	data  []byte // what lies at start
}

func (r *Reading) window(size int64) *window {
	limit := r.end + chunkHeaderSize
	if r.small != nil {
		return &window{r: r, data: r.small[:limit]}
	}
	return &window{r: r, buf: make([]byte, min(size, limit))}
}

// some returns at least one and at most n bytes at off.
func (w *window) some(off, n int64) ([]byte, error) {
	if off < w.start || off >= w.start+int64(len(w.data)) {
		if err := w.move(off); err != nil {
			return nil, err
		}
	}
	p := w.data[off-w.start:]
	return p[:min(n, int64(len(p)))], nil
}

// exactly returns n bytes at off.
func (w *window) exactly(off, n int64) ([]byte, error) {
	if off < w.start || off+n > w.start+int64(len(w.data)) {
		if err := w.move(off); err != nil {
			return nil, err
		}
		if int64(len(w.data)) < n {
			return nil, w.r.corrupt("chunks run past their end")
		}
	}
	return w.data[off-w.start:][:n], nil
}

// move puts the window at off.
func (w *window) move(off int64) error {
	n := min(int64(len(w.buf)), w.r.end+chunkHeaderSize-off)
	if n <= 0 {
		return w.r.corrupt("chunks run past their end")
	}
	w.data = nil
	if err := w.r.read(w.buf[:n], off); err != nil {
		return err
	}
	w.start, w.data = off, w.buf[:n]
	return nil
}
