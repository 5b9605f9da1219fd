package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Commit adds the spooled output and res to the store. It sets the Key,
// StdoutSize, StderrSize and PayloadDigest of res. Readers see the whole result
// or nothing. Commit does not sync: a result truncated by a crash fails its
// checksum. It ends the Writer, even if it fails.
func (w *Writer) Commit(res *Result) (Ref, error) {
	ref, err := w.commit(res)
	if err != nil {
		w.fail(err)
		return Ref{}, err
	}
	return ref, nil
}

func (w *Writer) commit(res *Result) (Ref, error) {
	tail, err := w.seal(res)
	if err != nil {
		return Ref{}, err
	}
	if w.file == nil {
		if w.file, err = w.store.createResult(w.key); err != nil {
			return Ref{}, fmt.Errorf("store result: %w", err)
		}
	}
	ref := Ref{Key: w.key, Created: res.Created, ID: w.id}
	if len(res.Outputs) > 0 {
		if err := w.store.WriteSidecar(ref, res.Outputs, w.OutputStats); err != nil {
			return Ref{}, fmt.Errorf("store result: %w", err)
		}
	}
	end, size := w.offset(), w.offset()+int64(len(tail))
	rest := append(w.buf, tail...)
	if _, err := w.file.WriteAt(rest, w.flushed); err != nil {
		return Ref{}, fmt.Errorf("store result: %w", err)
	}
	err = w.store.publish(w.file, ref)
	if errors.Is(err, fs.ErrNotExist) && renameOpen {
		// The directory was deleted under the open file.
		err = w.republish(size, ref)
	}
	// A network file system may report a full disk only on close.
	if cerr := w.file.Close(); err == nil && renameOpen && cerr != nil {
		w.store.Remove(ref)
		err = cerr
	}
	if err != nil {
		return Ref{}, fmt.Errorf("store result: %w", err)
	}
	if w.flushed == 0 {
		w.reading = &Reading{Result: res, path: w.store.ResultPath(ref), size: size, begin: streamsAt, end: end, small: rest}
	}
	w.file, w.buf, w.err = nil, nil, errors.New("store result: committed already")
	w.written = size
	return ref, nil
}

// Written returns the size in bytes of the committed file.
func (w *Writer) Written() int64 { return w.written }

// Reading returns the committed result if all of it is still in memory, else
// nil. It has no [Reading.File].
func (w *Writer) Reading() *Reading { return w.reading }

// republish copies the encoding from its unlinked file to a new file.
func (w *Writer) republish(size int64, ref Ref) error {
	f, err := w.store.createResult(w.key)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.NewSectionReader(w.file, 0, size))
	if err == nil {
		err = w.store.publish(f, ref)
	}
	if err != nil {
		discard(f)
		return err
	}
	return f.Close()
}

// publish renames a complete temporary file to its final name. It closes the
// file on platforms that can't rename an open file.
func (s *Store) publish(f *os.File, ref Ref) error {
	if !renameOpen {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return os.Rename(f.Name(), s.ResultPath(ref))
}

// WriteTo writes the encoded result to f at offset off and truncates f after
// it; Store.openAt reads it. It does not add the result to the store. It
// completes res as [Writer.Commit] does and ends the output, but the caller
// must still commit or discard the Writer. It moves the offset of f.
func (w *Writer) WriteTo(f *os.File, off int64, res *Result) error {
	tail, err := w.seal(res)
	if err != nil {
		return err
	}
	if _, err := f.Seek(off, io.SeekStart); err != nil {
		return fmt.Errorf("leave result: %w", err)
	}
	if w.file != nil {
		if _, err := w.file.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("leave result: %w", err)
		}
		// Between two files, package os lets the kernel copy.
		if _, err := io.CopyN(f, w.file, w.flushed); err != nil {
			return fmt.Errorf("leave result: %w", err)
		}
	}
	rest := append(append(make([]byte, 0, len(w.buf)+len(tail)), w.buf...), tail...)
	if _, err := f.Write(rest); err != nil {
		return fmt.Errorf("leave result: %w", err)
	}
	return f.Truncate(off + w.offset() + int64(len(tail)))
}

// seal ends the output, completes res, and returns the meta and the footer. It
// may be called again with another Result.
func (w *Writer) seal(res *Result) ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	w.endChunk()
	begin := w.appendBegin(nil, w.offset()-streamsAt)
	if w.err == nil && !w.sealed {
		w.amend(0, begin)
	}
	if w.err != nil {
		return nil, w.err
	}
	w.sealed = true
	res.Key, res.StdoutSize, res.StderrSize = w.key, w.out, w.errs
	w.hash.Sum(res.PayloadDigest[:0])
	if err := fitsLimits(res); err != nil {
		return nil, err
	}
	return appendTail(nil, begin, res, w.offset())
}

// fitsLimits returns an error if the decoder would reject res.
func fitsLimits(res *Result) error {
	most := max(len(res.Argv), len(res.Env), len(res.Fingerprints), len(res.Tags), len(res.Patterns), len(res.DepArgs), len(res.Outputs))
	for _, fp := range res.Fingerprints {
		most = max(most, len(fp.Entries), len(fp.Dep.Excludes))
	}
	if most > maxElements {
		return fmt.Errorf("store result: a list of %d elements is over the limit of %d", most, maxElements)
	}
	return nil
}
