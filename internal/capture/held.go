package capture

import (
	"encoding/binary"
	"io"
	"os"
)

// heldInline is how much held output is kept in memory.
const heldInline = 1 << 20

// Held is output that is not shown until the caller releases it. It is
// kept in memory and then in a file without a name, as records of stream and
// length (5 bytes) and data. If that can't be done, what there is is shown,
// and so is everything that follows: the output comes first.
type Held struct {
	Out [2]*Sink
	// Wanted reports whether the output is still wanted; nil: it is.
	Wanted func() bool

	buf      []byte
	file     *os.File
	size     int64 // of the file
	length   int64 // of the output that is held
	released bool
	dropped  bool // it is no longer wanted
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

// spill moves what is in memory to the file.
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
		return false // the part that was written is not counted
	}
	h.size += int64(n)
	h.buf = h.buf[:0]
	return true
}

// Release shows what was held, in order, and lets everything through from now
// on. It reports an error of reading it back.
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

// Size returns how many bytes of output are held and wanted; nil holds none.
func (h *Held) Size() int64 {
	if h == nil || h.released || h.dropped {
		return 0
	}
	return h.length
}

// Released reports whether the output was shown.
func (h *Held) Released() bool { return h.released }

// Close drops what is held.
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
