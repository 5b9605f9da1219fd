package fingerprint

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/zeebo/blake3"
)

const (
	// maxProgram is the largest program that is identified by its content.
	maxProgram = 1 << 20
	// maxPseudo bounds the content of a file on a pseudo file system: the size
	// of such a file is meaningless, and some never end.
	maxPseudo = 16 << 20
	// readSize is the size of reads. Larger ones hardly make hashing faster,
	// but the first large buffer costs the Go runtime as much time as hashing
	// three files of this size.
	readSize = 16 << 10
	// perWorker is the number of files that justify another goroutine.
	perWorker = 16
)

// errUnreadable says that neither the content nor the stat of a program shows
// its state.
var errUnreadable = errors.New("can't be read, and changed too recently for its stat to be trusted")

// hash hashes the queued contents.
func (k *walk) hash() error {
	workers := min(runtime.GOMAXPROCS(0), 1+len(k.pending)/perWorker)
	if workers <= 1 {
		return k.hashSome(new(atomic.Int64))
	}
	var next atomic.Int64
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() { errs[n] = k.hashSome(&next) })
	}
	wg.Wait()
	return cmp.Or(errs...)
}

// hashSome hashes queued contents until none is left or one fails. Several
// goroutines share the counter next.
func (k *walk) hashSome(next *atomic.Int64) error {
	if len(k.pending) == 0 {
		return nil
	}
	h := newHasher()
	for {
		n := next.Add(1) - 1
		if n >= int64(len(k.pending)) {
			return nil
		}
		if err := k.hashEntry(&k.entries[k.pending[n]], h); err != nil {
			next.Store(int64(len(k.pending))) // stop the other goroutines
			return err
		}
	}
}

// hashEntry adds the digest of a file's content to its entry. The recorded stat
// is the one that the file had both before and after.
func (k *walk) hashEntry(e *Entry, h *hasher) error {
	path := k.pathOf(e)
	for range attempts {
		st, _ := e.file()
		limit := int64(-1)
		if e.Racy && k.t.World.fsKind(path, st) == fsPseudo {
			limit = maxPseudo
		}
		if err := k.budget.spend(0, max(st.Size, limit)); err != nil {
			return err
		}
		d, err := h.file(path, e.Type == TypeSymlink, st, limit)
		if err == nil {
			e.Digest = d
			if !e.Racy {
				k.t.mu.Lock()
				if k.t.known == nil {
					k.t.known = map[Stat]Digest{}
				}
				k.t.known[st] = d
				k.t.mu.Unlock()
			}
			return nil
		}
		if k.program && errors.Is(err, fs.ErrPermission) {
			// A program may be executable but not readable: go by its stat.
			if e.Racy {
				return fmt.Errorf("%q: %w", path, errUnreadable)
			}
			return nil
		}
		if err != errMoved {
			return pathError("read", path, err)
		}
		if err := k.observe(path, e); err != nil && err != errMoved {
			return err
		}
		st, isFile := e.file()
		if !isFile {
			break
		}
		if !k.program {
			e.Exec = st.Exec()
		}
	}
	return fmt.Errorf("%q: %w", path, errMoved)
}

// pathOf returns the absolute path of an entry.
func (k *walk) pathOf(e *Entry) string {
	if k.program {
		return resolve(k.base, e.Path)
	}
	return joinEntry(k.base, e.Path)
}

// A hasher hashes files one after the other.
type hasher struct {
	h   *blake3.Hasher
	buf []byte
}

func newHasher() *hasher { return &hasher{blake3.New(), make([]byte, readSize)} }

// file returns the BLAKE3 digest of the content of path, or errMoved if its
// stat is not want both before and after. A limit of 0 or more bounds the
// content.
func (h *hasher) file(path string, follow bool, want Stat, limit int64) (Digest, error) {
	f, err := openFile(path, follow)
	if err != nil {
		if isReplaced(err) {
			err = errMoved
		}
		return Digest{}, err
	}
	defer f.close()
	if st, err := f.stat(); err != nil || st != want {
		return Digest{}, cmp.Or(err, errMoved)
	}
	h.h.Reset()
	for total := int64(0); ; {
		n, err := f.Read(h.buf)
		h.h.Write(h.buf[:n])
		if total += int64(n); limit >= 0 && total > limit {
			return Digest{}, fmt.Errorf("larger than %d MiB", limit>>20)
		}
		if limit < 0 && total > want.Size {
			return Digest{}, errMoved // it grows: don't chase a writer
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return Digest{}, err
		}
	}
	if st, err := f.stat(); err != nil || st != want {
		return Digest{}, cmp.Or(err, errMoved)
	}
	var d Digest
	h.h.Sum(d[:0])
	return d, nil
}
