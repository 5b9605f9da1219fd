package capture

import (
	"encoding/binary"
	"io"
	"os"
)

// heldInline is how much held output is kept in memory, in bytes.
const heldInline = 1 << 20

// Held is output that is not shown until the caller releases it. It is kept in
// memory, and beyond heldInline in a file without a name, as records of stream
// and length (5 bytes) and data. If the file can't be written, Held releases the
// output, because output must never be lost.
type Held struct {
	Out [2]*Sink
	// Wanted reports whether the output is still wanted; nil: it is.
	Wanted func() bool

	buf      []byte
	file     *os.File
	size     int64 // the size of the file
	length   int64 // the length of the output
	released bool
	dropped  bool // the output is no longer wanted
}

// write keeps a piece of output.
func (h *Held) write(i int, p []byte) {
	if h.dropped {
		return
	}
	if h.released {
		h.Out[i].Write(p)
		return
	}
	h.length += int64(len(p))
	h.buf = append(h.buf, byte(i))
	h.buf = binary.LittleEndian.AppendUint32(h.buf, uint32(len(p)))
	h.buf = append(h.buf, p...)
	switch {
	case len(h.buf) <= heldInline:
	case h.Wanted != nil && !h.Wanted():
		h.dropped = true
		h.Close()
	case !h.spill():
		h.Release()
	}
}

// spill moves the records in memory to the file. It reports whether it could.
func (h *Held) spill() bool {
	if h.file == nil {
		f, err := SpoolFile()
		if err != nil {
			return false
		}
		h.file = f
	}
	n, err := h.file.WriteAt(h.buf, h.size)
	if err != nil {
		return false // size excludes the part that was written
	}
	h.size += int64(n)
	h.buf = h.buf[:0]
	return true
}

// Release shows the held output in order. Later output is shown at once. The
// error says why held output could not be read back.
func (h *Held) Release() error {
	if h.released {
		return nil
	}
	h.released = true
	var err error
	if h.file != nil {
		err = h.show(io.NewSectionReader(h.file, 0, h.size))
	}
	for rest := h.buf; len(rest) > 0; {
		n := binary.LittleEndian.Uint32(rest[1:])
		h.Out[rest[0]].Write(rest[5 : 5+n])
		rest = rest[5+n:]
	}
	h.Close()
	return err
}

// show writes the records of a file.
func (h *Held) show(r io.Reader) error {
	var head [5]byte
	buf := make([]byte, ReadSize)
	for {
		if _, err := io.ReadFull(r, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for n := binary.LittleEndian.Uint32(head[1:]); n > 0; {
			part := buf[:min(int(n), len(buf))]
			if _, err := io.ReadFull(r, part); err != nil {
				return err
			}
			h.Out[head[0]].Write(part)
			n -= uint32(len(part))
		}
	}
}

// Size returns the number of bytes that Release would show. A nil Held has none.
func (h *Held) Size() int64 {
	if h == nil || h.released || h.dropped {
		return 0
	}
	return h.length
}

// Released reports whether the output was shown.
func (h *Held) Released() bool { return h.released }

// Close drops the held output. It does nothing if h is nil.
func (h *Held) Close() {
	if h == nil {
		return
	}
	h.buf = nil
	if h.file != nil {
		CloseSpool(h.file)
		h.file = nil
	}
}
