package recall

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An encoded record is, integers little-endian:
//
//	magic "memo.q3\n", size of the record uint32
//	not before int64, fresh until int64, stale until int64
//	program stat
//	euid uint32, egid uint32, exit code uint32, why it is stale uint32
//	key [32], id uint64, elapsed uint64
//	argc uint32, argc strings, working directory string
//	variables uint32: name string, set uint8, digest [16]
//	prefixes uint32: prefix string, matches uint32, sum [16]
//	inline uint8
//	items uint32, the last of which is the result: stat, name string
//	paths uint32: flags uint8 (1 follow, 2 absent, 4 may read,
//	  8 may execute, 16 may not execute), stat unless absent, path string
//	lock string, back-off string
//	chunks uint32: stream uint8, offset uint64, length uint64
//	data of inline chunks, whose offsets count from the magic
//	digest [16] of everything before
//
// A stat is dev, ino, mode, size, mtime, ctime, 8 bytes each. A string is its
// length (uint32), its bytes, none of which is NUL, and a NUL.
const (
	magic      = "memo.q3\n"
	headerSize = len(magic) + 4
	digestSize = len(Digest{})
	statSize   = 6 * 8
	chunkSize  = 1 + 8 + 8

	flagFollow = 1
	flagAbsent = 2
	flagAccess = 4 // factor of a fingerprint.Access
	maxFlags   = 31
)

// errNUL says that the C code can't compare a string.
var errNUL = errors.New("a string with a NUL")

// An encoder appends to a record.
type encoder struct {
	b   []byte
	err error
}

func (e *encoder) uint8(n uint8)   { e.b = append(e.b, n) }
func (e *encoder) uint32(n uint32) { e.b = binary.LittleEndian.AppendUint32(e.b, n) }
func (e *encoder) uint64(n uint64) { e.b = binary.LittleEndian.AppendUint64(e.b, n) }

func (e *encoder) string(s string) {
	if strings.IndexByte(s, 0) >= 0 {
		e.err = errNUL
	}
	e.uint32(uint32(len(s)))
	e.b = append(append(e.b, s...), 0)
}

func (e *encoder) stat(st *fingerprint.Stat) {
	e.uint64(st.Dev)
	e.uint64(st.Ino)
	e.uint64(uint64(st.Mode))
	e.uint64(uint64(st.Size))
	e.uint64(uint64(st.Mtime))
	e.uint64(uint64(st.Ctime))
}

func (e *encoder) item(i *Item) {
	e.stat(&i.Stat)
	e.string(i.Name)
}

// encode returns the encoded record, authenticated under key.
func (r *Record) encode(key *secret) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	e := &encoder{b: append(make([]byte, 0, 1024+len(r.Paths)*128), magic...)}
	e.uint32(0)
	e.uint64(uint64(r.NotBefore))
	e.uint64(uint64(r.FreshUntil))
	e.uint64(uint64(r.StaleUntil))
	e.stat(&r.Program)
	e.uint32(r.Euid)
	e.uint32(r.Egid)
	e.uint32(uint32(r.ExitCode))
	e.uint32(uint32(r.WhyStale))
	e.b = append(e.b, r.Key[:]...)
	e.uint64(r.ID)
	e.uint64(uint64(r.Elapsed))
	r.encodeInvocation(e)
	r.encodeState(e)
	r.encodeChunks(e)
	if e.err != nil {
		return nil, e.err
	}
	if len(e.b) > maxFile-digestSize {
		return nil, fmt.Errorf("larger than %d MiB", maxFile>>20)
	}
	binary.LittleEndian.PutUint32(e.b[len(magic):], uint32(len(e.b)+digestSize))
	sum := key.digest(e.b)
	return append(e.b, sum[:]...), nil
}

func (r *Record) encodeInvocation(e *encoder) {
	e.uint32(uint32(len(r.Argv)))
	for _, arg := range r.Argv {
		e.string(arg)
	}
	e.string(r.Dir)
	e.uint32(uint32(len(r.Variables)))
	for _, v := range r.Variables {
		e.string(v.Name)
		if v.Set {
			e.uint8(1)
		} else {
			e.uint8(0)
		}
		e.b = append(e.b, v.Value[:]...)
	}
	e.uint32(uint32(len(r.Prefixes)))
	for _, p := range r.Prefixes {
		e.string(p.Prefix)
		e.uint32(p.Count)
		e.b = append(e.b, p.Sum[:]...)
	}
}

func (r *Record) encodeState(e *encoder) {
	if r.isInline() {
		e.uint8(1)
	} else {
		e.uint8(0)
	}
	e.uint32(uint32(len(r.Items)) + 1)
	for i := range r.Items {
		e.item(&r.Items[i])
	}
	e.item(&r.Result)
	e.uint32(uint32(len(r.Paths)))
	for i := range r.Paths {
		p := &r.Paths[i]
		flags := uint8(p.Access) * flagAccess
		if p.Follow {
			flags |= flagFollow
		}
		if p.Absent {
			flags |= flagAbsent
		}
		e.uint8(flags)
		if !p.Absent {
			e.stat(&p.Stat)
		}
		e.string(p.Path)
	}
	e.string(r.Lock)
	e.string(r.Backoff)
}

func (r *Record) encodeChunks(e *encoder) {
	if len(r.Chunks) > math.MaxUint16 {
		e.err = fmt.Errorf("%d chunks of output", len(r.Chunks))
		return
	}
	e.uint32(uint32(len(r.Chunks)))
	at := len(e.b) + len(r.Chunks)*chunkSize
	for _, c := range r.Chunks {
		if c.Data != nil {
			c.Offset, c.Length = int64(at), int64(len(c.Data))
			at += len(c.Data)
		}
		e.uint8(c.Stream)
		e.uint64(uint64(c.Offset))
		e.uint64(uint64(c.Length))
	}
	for _, c := range r.Chunks {
		e.b = append(e.b, c.Data...)
	}
}

// isInline reports whether the record contains the output.
func (r *Record) isInline() bool { return len(r.Chunks) == 0 || r.Chunks[0].Data != nil }
