package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A Reading is an open result whose Result is verified. [Reading.Verify]
// verifies the output, and reports a result of a newer memo. The caller must
// close the Reading. It stays readable after the result is removed. All methods
// but Close are safe for concurrent use.
type Reading struct {
	Result *Result

	path  string // for messages, and to find the hint
	file  *os.File
	base  int64 // offset of the encoding in file
	size  int64 // of the encoding
	begin int64 // offset of the chunks from base
	end   int64
	newer string // why this memo can't serve it, "" if it can
	small []byte // the whole encoding, if it is small
	named bool   // a result of the store, which may have a hint
}

// Open opens a result. The error is [fs.ErrNotExist] if it does not exist, a
// [*CorruptError] if the file is damaged or belongs to another name.
func (s *Store) Open(ref Ref) (*Reading, error) {
	path := s.ResultPath(ref)
	f, err := os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	if errors.Is(err, fs.ErrPermission) && Mend(path) {
		f, err = os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	}
	if err != nil {
		if info, lerr := os.Lstat(path); lerr == nil && !info.Mode().IsRegular() {
			return nil, &CorruptError{path, "not a regular file"}
		}
		return nil, fmt.Errorf("open result %q: %w", path, bare(err))
	}
	r := &Reading{path: path, file: f, named: true}
	id, err := r.load()
	if err == nil && (r.Result.Key != ref.Key || r.Result.Created != ref.Created || id != ref.ID) {
		err = r.corrupt("the file of another result")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// openAt opens the encoded result that [Writer.WriteTo] wrote to f from off to
// its end. It owns f, even if it fails.
func (s *Store) openAt(f *os.File, off int64) (*Reading, error) {
	r := &Reading{path: f.Name(), file: f, base: off}
	if _, err := r.load(); err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// load reads and verifies header, meta and footer.
func (r *Reading) load() (id uint64, err error) {
	info, err := r.file.Stat()
	if err != nil {
		return 0, fmt.Errorf("open result %q: %w", r.path, bare(err))
	}
	switch r.size = info.Size() - r.base; {
	case !info.Mode().IsRegular():
		return 0, r.corrupt("not a regular file")
	case foreign(info):
		return 0, r.corrupt("belongs to another user")
	case exposed(info):
		return 0, r.corrupt("writable by group or others")
	case r.size < streamsAt+partHeaderSize+footerSize:
		return 0, r.corrupt("cut short")
	}
	header, tail, err := r.ends()
	if err != nil {
		return 0, err
	}
	_, id, err = parseHeader(header)
	if err != nil {
		return 0, damage(r.path, err)
	}
	foot, err := parseFooter(tail[len(tail)-footerSize:], r.size)
	if err != nil {
		return 0, damage(r.path, err)
	}
	last, err := r.last(foot, tail[:len(tail)-footerSize])
	if err != nil {
		return 0, err
	}
	parts, err := r.parts(foot)
	if err != nil {
		return 0, err
	}
	if r.Result, err = decodeMeta(header, parts, last, foot); err != nil {
		return 0, damage(r.path, err)
	}
	r.begin, r.end, r.newer = parts.begin, parts.end, parts.newer
	return id, nil
}

// last returns the last part with its header. It uses before, the bytes that
// precede the footer, as far as they reach back.
func (r *Reading) last(foot footer, before []byte) ([]byte, error) {
	n := r.size - footerSize - foot.meta
	if n > partHeaderSize+maxMeta {
		return nil, r.corrupt("metadata over the limit")
	}
	if n <= int64(len(before)) {
		return before[int64(len(before))-n:], nil
	}
	last := make([]byte, n)
	return last, r.read(last, foot.meta)
}

// parts reads the headers of the parts before the last.
func (r *Reading) parts(foot footer) (*partList, error) {
	list := new(partList)
	off := int64(headerSize)
	for off < foot.meta {
		header := make([]byte, partHeaderSize)
		if r.small != nil {
			header = r.small[off:][:partHeaderSize]
		} else if err := r.read(header, off); err != nil {
			return nil, err
		}
		off += partHeaderSize
		kind, n, err := parsePartHeader(header, foot.meta-off)
		if err == nil {
			err = list.add(header, kind, off, n)
		}
		if err != nil {
			return nil, damage(r.path, err)
		}
		off += n
	}
	return list, nil
}

// ends reads the header and the last bytes, at least the footer. It reads a
// small result whole.
func (r *Reading) ends() (header, tail []byte, err error) {
	if r.size <= smallSize {
		r.small = make([]byte, r.size)
		if err := r.read(r.small, 0); err != nil {
			return nil, nil, err
		}
		return r.small[:headerSize], r.small[headerSize:], nil
	}
	header = make([]byte, headerSize)
	if err := r.read(header, 0); err != nil {
		return nil, nil, err
	}
	tail = make([]byte, 8<<10)
	return header, tail, r.read(tail, r.size-int64(len(tail)))
}

// read fills p from an offset in the encoding. A short read means damage.
func (r *Reading) read(p []byte, off int64) error {
	_, err := r.file.ReadAt(p, r.base+off)
	switch {
	case errors.Is(err, io.EOF):
		return r.corrupt("cut short")
	case err != nil:
		return fmt.Errorf("read result %q: %w", r.path, bare(err))
	}
	return nil
}

func (r *Reading) corrupt(reason string) error { return &CorruptError{r.path, reason} }

// Size returns the size of the encoded result in bytes; of a result of the
// store that is the size of its file.
func (r *Reading) Size() int64 { return r.size }

// File returns the open file that the offsets of [Reading.Chunks] refer to, so
// that the kernel can copy from it. The Reading owns it. It is nil for a Reading
// from [Writer.Reading].
func (r *Reading) File() *os.File { return r.file }

// ReadAt reads at an offset of [Reading.Chunks], from memory if the result is
// small.
func (r *Reading) ReadAt(p []byte, off int64) (int, error) {
	if r.small == nil {
		return r.file.ReadAt(p, off)
	}
	if off -= r.base; off < 0 || off > r.size {
		return 0, io.EOF
	}
	n := copy(p, r.small[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (r *Reading) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
