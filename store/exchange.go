package store

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
)

// EncodeResult writes r, which the caller has verified, for [DecodeResult]. The
// encoding is the result's file, byte for byte.
func EncodeResult(w io.Writer, r *Reading) error {
	_, err := io.Copy(w, io.NewSectionReader(r, r.base, r.size))
	return err
}

// DecodeResult reads one encoded result, after which r must end. It passes the
// output to out in order. The output is verified only once DecodeResult has
// returned nil. Memory is bounded, and an encoding of more than limit bytes is
// rejected. The error is a [*NewerError] if this memo can't serve the result, a
// [*CorruptError] if the encoding is damaged, else an error of r or out. name
// is for messages.
//
// The Mark and the stats of the result refer to the store of origin.
func DecodeResult(r io.Reader, name string, limit int64, out func(Stream, []byte) error) (*Result, error) {
	d := decoder{src: &forward{r: bufio.NewReaderSize(r, headerWindow)}, limit: max(limit, 0), out: out}
	res, err := d.decode()
	switch {
	case err != nil:
		return nil, damage(name, err)
	case d.parts.newer != "":
		return nil, &NewerError{name, d.parts.newer}
	}
	return res, nil
}

// A decoder decodes a result from its beginning to its end.
type decoder struct {
	src   *forward
	limit int64
	out   func(Stream, []byte) error

	off   int64 // of the next part
	parts partList
	sum   chunkSum
	last  []byte // the last part with its header
}

func (d *decoder) decode() (*Result, error) {
	header, err := d.src.copy(0, headerSize)
	if err != nil {
		return nil, err
	}
	if _, _, err := parseHeader(header); err != nil {
		return nil, err
	}
	for d.off = headerSize; d.last == nil; {
		if err := d.part(); err != nil {
			return nil, err
		}
	}
	end := d.off + int64(len(d.last))
	raw, err := d.src.copy(end, footerSize)
	if err != nil {
		return nil, err
	}
	foot, err := parseFooter(raw, end+footerSize)
	if err != nil {
		return nil, err
	}
	if foot.meta != d.off {
		return nil, flaw("footer does not fit")
	}
	res, err := decodeMeta(header, &d.parts, d.last, foot)
	if err == nil && d.parts.newer == "" {
		err = d.sum.check(res)
	}
	if err == nil {
		err = d.src.ended(end + footerSize)
	}
	return res, err
}

func (d *decoder) part() error {
	header, err := d.src.copy(d.off, partHeaderSize)
	if err != nil {
		return err
	}
	content := d.off + partHeaderSize
	kind, n, err := parsePartHeader(header, d.limit-content-footerSize)
	if err != nil {
		return err
	}
	if kind == partMeta {
		if n > maxMeta {
			return flaw("metadata over the limit")
		}
		meta, err := d.src.copy(content, n)
		d.last = append(header, meta...)
		return err
	}
	if err := d.parts.add(header, kind, content, n); err != nil {
		return err
	}
	if kind == partStreams {
		d.sum, err = sumChunks(d.src, content, content+n, d.out)
	}
	d.off = content + n
	return err
}

// A forward is a source on top of an io.Reader.
type forward struct {
	r   *bufio.Reader
	off int64 // of the next byte of r
}

// skip discards bytes up to an offset.
func (f *forward) skip(off int64) error {
	for off > f.off {
		n, err := f.r.Discard(int(min(off-f.off, math.MaxInt32)))
		f.off += int64(n)
		if err != nil {
			return cutShort(err)
		}
	}
	return nil
}

func (f *forward) exactly(off, n int64) ([]byte, error) {
	if err := f.skip(off); err != nil {
		return nil, err
	}
	p, err := f.r.Peek(int(n))
	return p, cutShort(err)
}

func (f *forward) some(off, n int64) ([]byte, error) {
	if _, err := f.exactly(off, 1); err != nil {
		return nil, err
	}
	return f.exactly(off, min(n, int64(f.r.Buffered())))
}

// copy returns a copy of n bytes. It never allocates much more than r contains,
// however large n is.
func (f *forward) copy(off, n int64) ([]byte, error) {
	if err := f.skip(off); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	got, err := io.CopyN(&b, f.r, n)
	f.off += got
	return b.Bytes(), cutShort(err)
}

// ended returns an error unless r ends at off.
func (f *forward) ended(off int64) error {
	_, err := f.exactly(off, 1)
	switch {
	case err == nil:
		return flaw("more than one result")
	case err == flaw("cut short"):
		return nil
	}
	return err
}

// cutShort turns io.EOF, before the end of a result, into a flaw.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return flaw("cut short")
	}
	return err
}
