package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A blob is the content of an output file, stored once however many results name
// it: blobs/<2 hex>/<BLAKE3 of the content, 62 hex>. Its name is its checksum. A
// sweep removes a blob that no sidecar names.
const blobsDir = "blobs"

// blobKept is the age at which a sweep removes a blob without a result. A run
// that stores a blob, or finds it stored, names it in a sidecar much sooner. If
// it does not, the result can't be put back and the command runs again.
const blobKept = 10 * time.Minute

// ErrChanged says that a file is not in the state that was to be stored.
var ErrChanged = errors.New("changed while it was stored")

func (s *Store) blobPath(d fingerprint.Digest) string {
	name := d.String()
	return s.Path(blobsDir, name[:2], name[2:])
}

// PutBlob stores the content of a file, which must have the given digest, and
// returns by how many bytes the store grew. The error is [ErrChanged] if the
// file has another content.
func (s *Store) PutBlob(from string, want fingerprint.Digest) (added int64, err error) {
	path := s.blobPath(want)
	now := s.now()
	if os.Chtimes(path, now, now) == nil {
		return 0, nil // there, and spared by sweeps
	}
	src, err := os.OpenFile(from, os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return 0, fmt.Errorf("store %q: %w", from, bare(err))
	}
	defer src.Close()
	if info, err := src.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, fmt.Errorf("store %q: %w", from, ErrChanged)
	}
	var tmp *os.File
	err = s.inDir(filepath.Dir(path), func() (err error) {
		if err = s.makeDir(s.Path(blobsDir)); err == nil {
			tmp, err = createTemp(filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store %q: %w", from, bare(err))
	}
	added, err = CopyFile(tmp, src)
	if err == nil {
		err = checkContent(tmp, want)
	}
	if !renameOpen {
		tmp.Close()
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		discard(tmp)
		return 0, fmt.Errorf("store %q: %w", from, err)
	}
	return added, tmp.Close()
}

// HasBlob reports whether the blob is there, with the given size.
func (s *Store) HasBlob(d fingerprint.Digest, size int64) bool {
	info, err := os.Lstat(s.blobPath(d))
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// GetBlob writes a blob to an empty file and verifies what it has written. The
// error is a [*CorruptError] if the blob is damaged; then it is removed.
func (s *Store) GetBlob(d fingerprint.Digest, to *os.File) error {
	path := s.blobPath(d)
	src, _, err := openPlain(path, os.O_RDONLY)
	if err != nil {
		return fmt.Errorf("read %q: %w", path, bare(err))
	}
	defer src.Close()
	if _, err := CopyFile(to, src); err != nil {
		return err
	}
	err = checkContent(to, d)
	if errors.Is(err, ErrChanged) {
		_ = os.Remove(path)
		return &CorruptError{path, "content differs from its name"}
	}
	return err
}

// CopyFile copies a file to an empty one and returns its size. The file system
// shares the blocks where it can, or else the kernel copies.
func CopyFile(to, from *os.File) (int64, error) {
	if shareBlocks(to, from) == nil {
		info, err := to.Stat()
		if err != nil {
			return 0, bare(err)
		}
		return info.Size(), nil
	}
	n, err := io.Copy(to, from) // between two files, package os lets the kernel copy
	return n, bare(err)
}

// checkContent returns [ErrChanged] if a file has another content than the
// digest says.
func checkContent(f *os.File, want fingerprint.Digest) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return bare(err)
	}
	h := blake3.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, dataWindow)); err != nil {
		return bare(err)
	}
	var got fingerprint.Digest
	if h.Sum(got[:0]); got != want {
		return ErrChanged
	}
	return nil
}

// blobShares returns the bytes of blobs that each result has to answer for, by
// its name: of a blob that n results name, a share of 1/n.
func (s *Store) blobShares() (map[string]int64, error) {
	if _, err := os.Lstat(s.Path(blobsDir)); err != nil {
		return nil, ignoreGone(err)
	}
	users := map[fingerprint.Digest]int64{}
	named, err := s.sidecars()
	for _, side := range named {
		for _, blob := range side.distinct() {
			users[blob.Digest]++
		}
	}
	shares := make(map[string]int64, len(named))
	for name, side := range named {
		for _, blob := range side.distinct() {
			shares[name] += blob.Size / users[blob.Digest]
		}
	}
	return shares, err
}

// distinct returns the blobs, each once.
func (side *Sidecar) distinct() []BlobRef {
	seen := make(map[fingerprint.Digest]bool, len(side.Blobs))
	var list []BlobRef
	for _, blob := range side.Blobs {
		if !seen[blob.Digest] {
			seen[blob.Digest] = true
			list = append(list, blob)
		}
	}
	return list
}

// sidecars returns the valid sidecars by the names of their results.
func (s *Store) sidecars() (map[string]Sidecar, error) {
	list := map[string]Sidecar{}
	var errs []error
	for dir, err := range s.shards() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, s.eachName(dir, func(name string) bool {
			if result, ok := strings.CutSuffix(name, sidecarSuffix); ok {
				if side, err := readSidecar(filepath.Join(dir, name)); err == nil {
					list[result] = side
				}
			}
			return true
		}))
	}
	return list, errors.Join(errs...)
}

// sweepBlobs removes blobs that no sidecar names, and leftovers of killed
// processes.
func (s *Store) sweepBlobs(now time.Time, count func(bool, error)) error {
	if _, err := os.Lstat(s.Path(blobsDir)); err != nil {
		return ignoreGone(err)
	}
	named, err := s.sidecars()
	if err != nil {
		return err // a blob may be named by a sidecar that could not be found
	}
	used := map[string]bool{}
	for _, side := range named {
		for _, blob := range side.Blobs {
			used[s.blobPath(blob.Digest)] = true
		}
	}
	return s.eachBlob(func(path string) {
		after := blobKept
		if strings.HasPrefix(filepath.Base(path), tmpPrefix) {
			after = sweepAfter
		}
		if !used[path] {
			count(sweepFileAfter(path, now, after, nil))
		}
	})
}

// eachBlob calls do with the paths of all blobs, and of temporary files beside
// them.
func (s *Store) eachBlob(do func(path string)) error {
	var errs []error
	errs = append(errs, s.eachName(s.Path(blobsDir), func(name string) bool {
		dir := s.Path(blobsDir, name)
		errs = append(errs, s.eachName(dir, func(name string) bool {
			do(filepath.Join(dir, name))
			return true
		}))
		return true
	}))
	return errors.Join(errs...)
}

// verifyBlob checks that a blob has the content that its name says.
func verifyBlob(path string) error {
	key, err := fingerprint.ParseKey(filepath.Base(filepath.Dir(path)) + filepath.Base(path))
	if err != nil {
		return &CorruptError{path, "not a name that memo gives"}
	}
	f, _, err := openPlain(path, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	err = checkContent(f, fingerprint.Digest(key))
	if errors.Is(err, ErrChanged) {
		return &CorruptError{path, "content differs from its name"}
	}
	return err
}
