package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A Writer spools the output of a run and commits it as a result. It never
// disturbs the run: after an error it drops all output, and Commit returns the
// error. Output up to 64 KiB stays in memory; more goes to a temporary file, so
// memory is bounded. A Writer must end with [Writer.Commit] or
// [Writer.Discard]. It is not safe for concurrent use.
type Writer struct {
	// MaxSize limits the output, in bytes; 0 is no limit. It must be set
	// before the first Write.
	MaxSize int64
	// OutputStats are the stats of the outputs of the result; see
	// [Store.WriteSidecar].
	OutputStats []fingerprint.Stat

	store *Store
	key   fingerprint.Key
	id    uint64

	file    *os.File // nil while all output is in memory
	buf     []byte   // encoded, not yet in file
	flushed int64    // bytes of the encoding that are in file

	hash      *blake3.Hasher
	stream    Stream // of the current chunk, 0 if none
	chunk     int64  // offset of its header
	length    int64  // its data so far
	out, errs int64  // bytes of either stream
	sealed    bool
	err       error
	written   int64 // size of the committed file
	reading   *Reading
}

// A TooLargeError reports output beyond [Writer.MaxSize].
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("store result: output is larger than %d bytes", e.Limit)
}

// NewWriter returns a Writer for a result under key. It creates no file.
func (s *Store) NewWriter(key fingerprint.Key) *Writer {
	w := &Writer{store: s, key: key, id: rand.Uint64(), hash: blake3.New()}
	w.buf = w.appendBegin(make([]byte, 0, 4<<10), 0)
	return w
}

// appendBegin appends the headers that precede n bytes of chunks.
func (w *Writer) appendBegin(b []byte, n int64) []byte {
	return appendPartHeader(appendHeader(b, w.key, w.id), partStreams, n)
}

// Write adds output. It does not retain p.
func (w *Writer) Write(stream Stream, p []byte) {
	if w.err != nil || len(p) == 0 {
		return
	}
	if w.sealed {
		w.fail(errors.New("store result: write after the end"))
		return
	}
	if n := int64(len(p)); w.MaxSize > 0 && n > w.MaxSize-w.Size() {
		w.fail(&TooLargeError{w.MaxSize})
		return
	}
	if stream != w.stream {
		w.endChunk()
		w.stream, w.chunk, w.length = stream, w.offset(), 0
		w.buf = appendChunkHeader(w.buf, stream, 0)
	}
	w.hash.Write(p)
	w.length += int64(len(p))
	if stream == Stdout {
		w.out += int64(len(p))
	} else {
		w.errs += int64(len(p))
	}
	w.append(p)
}

// Size returns the size of the output so far in bytes, without dropped output.
func (w *Writer) Size() int64 { return w.out + w.errs }

// Err returns the first error, such as a [*TooLargeError]. After an error the
// output can't be stored.
func (w *Writer) Err() error { return w.err }

// Discard drops the spooled output. It does nothing after Commit.
func (w *Writer) Discard() {
	w.fail(errors.New("store result: discarded"))
}

// offset returns the offset of the next byte of the encoding.
func (w *Writer) offset() int64 { return w.flushed + int64(len(w.buf)) }

// append adds encoded bytes, and spills the buffer when it is full.
func (w *Writer) append(p []byte) {
	if len(w.buf)+len(p) <= smallSize {
		w.buf = append(w.buf, p...)
		return
	}
	w.spill(w.buf)
	w.buf = w.buf[:0]
	if len(p) < smallSize {
		w.buf = append(w.buf, p...)
		return
	}
	w.spill(p)
}

// spill writes p to the temporary file.
func (w *Writer) spill(p []byte) {
	if w.err == nil && w.file == nil {
		f, err := w.store.createResult(w.key)
		if err != nil {
			w.fail(fmt.Errorf("store result: %w", err))
			return
		}
		w.file = f
		w.store.sweepShard(w.key)
	}
	if w.err != nil {
		return
	}
	if _, err := w.file.WriteAt(p, w.flushed); err != nil {
		w.fail(fmt.Errorf("store result: %w", err))
		return
	}
	w.flushed += int64(len(p))
}

// endChunk writes the length of the current chunk into its header.
func (w *Writer) endChunk() {
	if w.stream == 0 || w.err != nil {
		return
	}
	header := appendChunkHeader(make([]byte, 0, chunkHeaderSize), w.stream, w.length)
	w.hash.Write(header)
	w.amend(w.chunk, header)
	w.stream = 0
}

// amend overwrites a header in the encoding.
func (w *Writer) amend(off int64, header []byte) {
	if off >= w.flushed { // the buffer is flushed whole, so a header is in one place
		copy(w.buf[off-w.flushed:], header)
	} else if _, err := w.file.WriteAt(header, off); err != nil {
		w.fail(fmt.Errorf("store result: %w", err))
	}
}

// fail records the first error and discards the spool.
func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
	if w.file != nil {
		discard(w.file)
	}
	w.file, w.buf = nil, nil
}

// createResult creates a temporary file in the shard of key.
func (s *Store) createResult(key fingerprint.Key) (f *os.File, err error) {
	dir := s.shardPath(key)
	err = s.inDir(dir, func() error {
		f, err = createTemp(dir)
		return err
	})
	return f, err
}

// discard removes and closes a temporary file in the order that the platform
// requires.
func discard(f *os.File) {
	if renameOpen {
		os.Remove(f.Name())
		f.Close()
		return
	}
	f.Close()
	os.Remove(f.Name())
}
