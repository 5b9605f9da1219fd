package store

import (
	"fmt"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An Output is one file that a command left, or one that it was expected to
// leave and did not (TypeAbsent). The content of a regular file is a blob.
type Output struct {
	// Path is relative to the working directory, with slashes.
	Path string           `cbor:"1,keyasint"`
	Type fingerprint.Type `cbor:"2,keyasint,omitempty"`
	// Mode are the permission bits of a file or directory.
	Mode   uint32             `cbor:"3,keyasint,omitempty"`
	Size   int64              `cbor:"4,keyasint,omitempty"`
	Digest fingerprint.Digest `cbor:"5,keyasint,omitempty"`
	Link   string             `cbor:"6,keyasint,omitempty"` // the text of a symlink
}

// A sidecar is a file beside a result with outputs. It says which blobs the
// result names, so that a sweep need not open every result, and with which stats
// the files lie in the working directory, so that a hit need not read them. It is
// a magic, a BLAKE3 checksum over magic and body, and the body in CBOR.
const (
	sidecarSuffix = ".outputs"
	sidecarMagic  = "memo.o1\n"
)

// A Sidecar is what is known of the outputs of a result, in their order.
type Sidecar struct {
	Blobs []BlobRef `cbor:"1,keyasint"`
	// Stats are those of the files as they were left or put back at Taken, in
	// nanoseconds since the epoch.
	Stats []fingerprint.Stat `cbor:"2,keyasint"`
	Taken int64              `cbor:"3,keyasint"`
}

// A BlobRef is a blob that a result names.
type BlobRef struct {
	Digest fingerprint.Digest `cbor:"1,keyasint"`
	Size   int64              `cbor:"2,keyasint"`
}

// WriteSidecar stores the sidecar of a result. It must exist before the result
// is committed, because a sweep removes blobs that no sidecar names.
func (s *Store) WriteSidecar(ref Ref, outputs []Output, stats []fingerprint.Stat) error {
	side := Sidecar{Stats: stats, Taken: s.now().UnixNano()}
	for i := range outputs {
		if o := &outputs[i]; o.Type == fingerprint.TypeFile {
			side.Blobs = append(side.Blobs, BlobRef{o.Digest, o.Size})
		}
	}
	path := s.sidecarPath(ref)
	body, err := marshal(side)
	if err == nil {
		err = s.inDir(s.shardPath(ref.Key), func() error { return writeWhole(path, sealFile(sidecarMagic, body)) })
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", path, bare(err))
	}
	return nil
}

// Sidecar reads the sidecar of a result. A result without a valid one has to be
// compared with its files by content.
func (s *Store) Sidecar(ref Ref) (Sidecar, error) { return readSidecar(s.sidecarPath(ref)) }

func (s *Store) sidecarPath(ref Ref) string { return s.ResultPath(ref) + sidecarSuffix }

func readSidecar(path string) (Sidecar, error) {
	var side Sidecar
	data, err := ReadOwn(path, maxMeta)
	if err != nil {
		return side, err
	}
	body, err := unsealFile(path, sidecarMagic, data)
	if err == nil {
		if uerr := unmarshal(body, &side); uerr != nil {
			err = &CorruptError{path, uerr.Error()}
		}
	}
	return side, err
}

// sealFile returns a small file: a magic, a checksum over magic and body, and the
// body.
func sealFile(magic string, body []byte) []byte {
	sum := checksum([]byte(magic), body)
	return append(append([]byte(magic), sum[:]...), body...)
}

// unsealFile returns the body of a file that sealFile made.
func unsealFile(path, magic string, data []byte) ([]byte, error) {
	least := len(magic) + 32
	if len(data) < least || string(data[:len(magic)]) != magic {
		return nil, &CorruptError{path, "not the kind of file that its name says"}
	}
	body := data[least:]
	if checksum([]byte(magic), body) != fingerprint.Digest(data[len(magic):least]) {
		return nil, &CorruptError{path, "checksum differs"}
	}
	return body, nil
}

// removeBeside removes what lies beside a result.
func removeBeside(path string) (err error) {
	for _, suffix := range []string{hintSuffix, sidecarSuffix} {
		if rerr := ignoreGone(os.Remove(path + suffix)); err == nil {
			err = rerr
		}
	}
	return err
}
