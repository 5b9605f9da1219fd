package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Commit adds the result to the store: the spooled output and res, whose Key,
// StdoutSize, StderrSize and PayloadDigest it sets. Readers see all of it or
// nothing. It does not sync: a result that a crash cuts short fails its
// checksum. The Writer is at its end then, whether it worked or not.
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
	end, size := w.offset(), w.offset()+int64(len(tail))
	rest := append(w.buf, tail...)
	if _, err := w.file.WriteAt(rest, w.flushed); err != nil {
		return Ref{}, fmt.Errorf("store result: %w", err)
	}
	ref := Ref{Key: w.key, Created: res.Created, ID: w.id}
	err = w.store.publish(w.file, ref)
	if errors.Is(err, fs.ErrNotExist) && renameOpen {
		// The directory was deleted under the open file. Once more, anew.
		err = w.republish(size, ref)
	}
	// Closing is when a network file system says that there was no space.
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

// Written returns the size in bytes of the file that Commit made.
func (w *Writer) Written() int64 { return w.written }

// Reading returns what Commit put in place, from memory, if the output is so
// small that it never left it; else nil. It has no [Reading.File].
func (w *Writer) Reading() *Reading { return w.reading }

// republish copies the encoding, which lost its name, to a new file.
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

// publish gives a complete temporary file its name. Where an open file can't
// be renamed it is closed.
func (s *Store) publish(f *os.File, ref Ref) error {
	if !renameOpen {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return os.Rename(f.Name(), s.ResultPath(ref))
}

// WriteTo writes the encoded result to f at offset off, up to a new end of f,
// without adding it to the store; Store.openAt reads it. It completes res
// as [Writer.Commit] does, and no output can be added afterwards, but the
// Writer must still be committed or discarded. It moves the offset of f.
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
		// Package os lets the kernel copy from file to file where it can.
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

// seal ends the output, completes res, and returns what follows the output:
// the meta and the footer. It may be called again with another Result.
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

// fitsLimits refuses what the decoder would refuse.
func fitsLimits(res *Result) error {
	most := max(len(res.Argv), len(res.Env), len(res.Fingerprints), len(res.Tags), len(res.Patterns), len(res.DepArgs))
	for _, fp := range res.Fingerprints {
		most = max(most, len(fp.Entries), len(fp.Dep.Excludes))
	}
	if most > maxElements {
		return fmt.Errorf("store result: a list of %d elements is over the limit of %d", most, maxElements)
	}
	return nil
}
