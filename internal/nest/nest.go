package nest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"

	"github.com/fxamacker/cbor/v2"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A Nest is the file of a run, in the process of that run.
type Nest struct {
	file *os.File
	path string
	id   uint64
	end  int64 // the end of the header, where the records of nested calls begin
	own  bool  // the file is no lock file
}

// A Header describes the run that a file belongs to.
type Header struct {
	// Keys are the command keys of this run and of the runs that it is part of.
	Keys []fingerprint.Key `cbor:"1,keyasint"`
	// Started is when the run began, in nanoseconds since the epoch. Env is the
	// state of every variable that was set then, sorted by name.
	Started int64                  `cbor:"2,keyasint"`
	Env     []fingerprint.EnvState `cbor:"3,keyasint"`
	// Keyed are the names and globs of variables that belong to the key.
	Keyed []string `cbor:"4,keyasint,omitempty"`
	// Store are the directories that are never part of a dependency.
	Store []fingerprint.Stat `cbor:"5,keyasint,omitempty"`
	ID    uint64             `cbor:"6,keyasint"`
}

// A Contribution is what a nested call adds to the outer run.
type Contribution struct {
	// ID identifies the call. Begin announces the call's contribution.
	ID    uint64 `cbor:"1,keyasint"`
	Begin bool   `cbor:"2,keyasint,omitempty"`

	Prints []fingerprint.Fingerprint `cbor:"3,keyasint,omitempty"`
	Tags   []string                  `cbor:"4,keyasint,omitempty"`
	// Until is when the call's own result ends, in nanoseconds since the epoch;
	// 0: no time ends it.
	Until int64 `cbor:"5,keyasint,omitempty"`
	// Carried is an end that the call sets for the outer result itself, in
	// nanoseconds since the epoch, or 0.
	Carried int64 `cbor:"6,keyasint,omitempty"`
	// NoStore is why the outer run must not be stored.
	NoStore string `cbor:"7,keyasint,omitempty"`
	// Run is the ID in the header of the outer run.
	Run uint64 `cbor:"8,keyasint"`
}

// ownDir is the directory of nests that are no lock files, below the store's
// format directory. They are swept with the lock files.
const ownDir = "locks"

const (
	// RecordMax is the largest encoded record that is read, in bytes.
	RecordMax = 64 << 20
	prefix    = "memo-context-"
)

// Open returns the nest of a run that is about to begin. It uses the lock file.
// If lock is nil or its file can't be written, it creates a file in the store or,
// failing that, in the temporary directory.
func Open(s *store.Store, lock *store.Lock, h Header) (*Nest, error) {
	h.ID = rand.Uint64()
	record, err := encodeRecord(h)
	if err != nil {
		return nil, err
	}
	n := &Nest{id: h.ID, end: store.AnnexAt + int64(len(record))}
	if lock != nil {
		if n.file, n.path, err = lock.Annex(record); err == nil {
			return n, nil
		}
	}
	n.own = true
	if err = n.create(s.Path(ownDir), record); err != nil && n.create(os.TempDir(), record) == nil {
		err = nil
	}
	return n, err
}

// create creates the nest's file in a directory.
func (n *Nest) create(dir string, record []byte) error {
	f, err := os.CreateTemp(dir, prefix)
	if err != nil {
		return err
	}
	store.KeepPrivate(f)
	n.file, n.path = f, f.Name()
	err = lockFile(f)
	if err == nil {
		_, err = f.WriteAt(record, store.AnnexAt)
	}
	if err != nil {
		n.Close()
	}
	return err
}

// Context returns the value of [ContextVar] by which nested calls find the nest.
func (n *Nest) Context() string { return fmt.Sprintf("%s#%016x", n.path, n.id) }

// Close ends the run: a call that still has the path is part of no run from then
// on. A run in a lock file ends with the lock instead.
func (n *Nest) Close() {
	if n != nil && n.own {
		_ = os.Remove(n.path) // if this fails, the file is swept later
		n.file.Close()
	}
}

// Contributions returns the contributions of all nested calls. The error says why
// they are not fully known.
func (n *Nest) Contributions() ([]Contribution, error) {
	mine, err := n.file.Stat()
	if err != nil {
		return nil, err
	}
	if there, err := os.Lstat(n.path); err != nil || !os.SameFile(mine, there) || isIncomplete(mine) {
		return nil, errors.New("a memo call below could not report")
	}
	if mine.Size() < n.end {
		return nil, errors.New("what memo calls below reported was cut short")
	}
	records := io.NewSectionReader(n.file, n.end, mine.Size()-n.end)
	var ended []Contribution
	open := map[uint64]bool{}
	for {
		var c Contribution
		err := readRecord(records, &c)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("a memo call below left a damaged report: %w", err)
		}
		switch {
		case c.Run != n.id: // the call has outlived an earlier run
			continue
		case c.Begin:
			open[c.ID] = true
			continue
		}
		delete(open, c.ID)
		ended = append(ended, c)
	}
	if len(open) > 0 {
		return nil, errors.New("a memo call below did not come to its end")
	}
	return ended, nil
}

// appendRecord appends one record in one write.
func appendRecord(f *os.File, v any) error {
	b, err := encodeRecord(v)
	if err == nil {
		_, err = f.Write(b)
	}
	return err
}

// encodeRecord returns a record: length, checksum and encoding.
func encodeRecord(v any) ([]byte, error) {
	body, err := Encode(v)
	if err != nil {
		return nil, err
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
	return append(b, body...), nil
}

// Encode returns the encoding of a value that one memo process passes to another.
func Encode(v any) ([]byte, error) {
	enc, err := cbor.EncOptions{String: cbor.StringToByteString}.EncMode()
	if err != nil {
		return nil, err
	}
	return enc.Marshal(v) // strings are bytes: paths need not be UTF-8
}

// Decode is the reverse of Encode.
func Decode(body []byte, v any) error {
	dec, err := cbor.DecOptions{ByteStringToString: cbor.ByteStringToStringAllowed, MaxArrayElements: 1 << 20}.DecMode()
	if err != nil {
		return err
	}
	return dec.Unmarshal(body, v)
}

// readRecord reads the next record. The error is io.EOF only at the end.
func readRecord(r io.Reader, v any) error {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	size := binary.LittleEndian.Uint32(head[:])
	if size > RecordMax {
		return errors.New("a record is too large")
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return io.ErrUnexpectedEOF
	}
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(head[4:]) {
		return errors.New("a checksum differs")
	}
	if err := Decode(body, v); err != nil {
		return fmt.Errorf("decode a record: %v", err) // not %w: it is io.EOF if the body is empty
	}
	return nil
}
