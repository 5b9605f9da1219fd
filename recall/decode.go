package recall

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// errDamaged says that bytes are not a valid record under this key.
var errDamaged = errors.New("damaged record")

// A decoder reads a record. After a read beyond the end or an invalid value it
// returns only zeros.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.bad = true
	}
	if d.bad {
		return nil
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

func (d *decoder) uint8() uint8 {
	if p := d.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (d *decoder) uint32() uint32 {
	if p := d.take(4); p != nil {
		return binary.LittleEndian.Uint32(p)
	}
	return 0
}

func (d *decoder) uint64() uint64 {
	if p := d.take(8); p != nil {
		return binary.LittleEndian.Uint64(p)
	}
	return 0
}

func (d *decoder) string() string {
	p := d.take(uint64(d.uint32()) + 1)
	if p == nil || bytes.IndexByte(p, 0) != len(p)-1 {
		d.bad = true
		return ""
	}
	return string(p[:len(p)-1])
}

func (d *decoder) digest() (out Digest) {
	copy(out[:], d.take(uint64(digestSize)))
	return out
}

func (d *decoder) stat() fingerprint.Stat {
	st := fingerprint.Stat{Dev: d.uint64(), Ino: d.uint64()}
	mode := d.uint64()
	if mode > math.MaxUint32 {
		d.bad = true
	}
	st.Mode, st.Size = uint32(mode), int64(d.uint64())
	st.Mtime, st.Ctime = int64(d.uint64()), int64(d.uint64())
	return st
}

func (d *decoder) item() Item {
	st := d.stat()
	return Item{Name: d.string(), Stat: st}
}

// decode returns the record at the beginning of b, and the bytes after it.
func decode(b []byte, key *secret) (r *Record, rest []byte, err error) {
	if len(b) < headerSize+digestSize || string(b[:len(magic)]) != magic {
		return nil, nil, errDamaged
	}
	size := uint64(binary.LittleEndian.Uint32(b[len(magic):]))
	if size < uint64(headerSize+digestSize) || size > uint64(len(b)) {
		return nil, nil, errDamaged
	}
	record, rest := b[:size-uint64(digestSize)], b[size:]
	sum := key.digest(record)
	if !bytes.Equal(sum[:], b[len(record):size]) {
		return nil, nil, errDamaged
	}
	d := &decoder{b: record[headerSize:]}
	r = &Record{NotBefore: int64(d.uint64()), FreshUntil: int64(d.uint64()), StaleUntil: int64(d.uint64()), Program: d.stat()}
	r.Euid, r.Egid, r.ExitCode = d.uint32(), d.uint32(), int(d.uint32())
	why := d.uint32()
	r.WhyStale = store.Code(why)
	d.bad = d.bad || why > math.MaxUint8
	copy(r.Key[:], d.take(uint64(len(r.Key))))
	r.ID, r.Elapsed = d.uint64(), int64(d.uint64())
	r.decodeInvocation(d)
	isInline := r.decodeState(d)
	r.decodeChunks(d, record, isInline)
	if d.bad || r.check() != nil {
		return nil, nil, errDamaged
	}
	return r, rest, nil
}

func (r *Record) decodeInvocation(d *decoder) {
	for n := d.uint32(); n > 0 && !d.bad; n-- {
		r.Argv = append(r.Argv, d.string())
	}
	r.Dir = d.string()
	for n := d.uint32(); n > 0 && !d.bad; n-- {
		v := Variable{Name: d.string()}
		set := d.uint8()
		v.Set, v.Value = set == 1, d.digest()
		d.bad = d.bad || set > 1
		r.Variables = append(r.Variables, v)
	}
	for n := d.uint32(); n > 0 && !d.bad; n-- {
		r.Prefixes = append(r.Prefixes, Prefix{Prefix: d.string(), Count: d.uint32(), Sum: d.digest()})
	}
}

func (r *Record) decodeState(d *decoder) (isInline bool) {
	inline := d.uint8()
	d.bad = d.bad || inline > 1
	n := d.uint32()
	d.bad = d.bad || n == 0
	for ; n > 1 && !d.bad; n-- {
		r.Items = append(r.Items, d.item())
	}
	r.Result = d.item()
	for n := d.uint32(); n > 0 && !d.bad; n-- {
		flags := d.uint8()
		p := fingerprint.Consultation{Follow: flags&flagFollow != 0, Absent: flags&flagAbsent != 0}
		p.Access = fingerprint.Access(flags / flagAccess)
		if !p.Absent {
			p.Stat = d.stat()
		}
		p.Path = d.string()
		d.bad = d.bad || flags > maxFlags
		r.Paths = append(r.Paths, p)
	}
	r.Lock, r.Backoff = d.string(), d.string()
	return inline == 1
}

// decodeChunks reads the list of chunks. Inline data must fill the rest of the
// record.
func (r *Record) decodeChunks(d *decoder, record []byte, isInline bool) {
	n := uint64(d.uint32())
	if d.bad || n > uint64(len(d.b)/chunkSize) {
		d.bad = true
		return
	}
	at := uint64(len(record)-len(d.b)) + n*uint64(chunkSize)
	for ; n > 0; n-- {
		c := Chunk{Stream: d.uint8(), Offset: int64(d.uint64()), Length: int64(d.uint64())}
		if c.Offset < 0 || c.Length < 0 {
			d.bad = true
			return
		}
		if isInline {
			if uint64(c.Offset) != at || uint64(c.Length) > uint64(len(record))-at {
				d.bad = true
				return
			}
			c.Data = record[at : at+uint64(c.Length) : at+uint64(c.Length)]
			at += uint64(c.Length)
			c.Offset, c.Length = 0, 0
		}
		r.Chunks = append(r.Chunks, c)
	}
	d.bad = d.bad || at != uint64(len(record)) || !isInline && len(r.Chunks) == 0
}
