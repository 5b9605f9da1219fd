package recall

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// maxRecords bounds the records of one invocation.
	maxRecords = 8
	// MaxInline bounds the output inside a record, in bytes. Copying that much
	// takes as long as opening the result.
	MaxInline = 16 << 10
	// MaxChunks bounds the chunks of output in a record, which take 0.5 MiB at
	// most. Printing more chunks takes so long that recall saves little.
	MaxChunks = 1 << 15
	// maxFile bounds the records of one invocation, in bytes.
	maxFile = 4 << 20
	// maxFiles bounds the table.
	maxFiles = 4096
	// trimEvery is the average number of new files between two trims.
	trimEvery = 64
	// leftover is the age at which a temporary file counts as abandoned.
	leftover = time.Hour

	keyName   = "key"
	tmpPrefix = ".tmp-"
)

// A Table holds the records of one store. Any number of processes may use it at
// once.
type Table struct {
	store string // the format directory
	dir   string
	key   secret
}

func tableOf(dir string) *Table {
	return &Table{store: dir, dir: filepath.Join(dir, "recall")}
}

// Find opens the table in a store's format directory if it exists.
func Find(dir string) (*Table, error) {
	t := tableOf(dir)
	if err := t.readKey(); err != nil {
		return nil, fmt.Errorf("open recall table %q: %w", t.dir, err)
	}
	return t, nil
}

// Open opens the table in a store's format directory and creates it if it is
// missing.
func Open(dir string) (*Table, error) {
	t := tableOf(dir)
	err := t.readKey()
	if errors.Is(err, fs.ErrPermission) && t.mend() {
		err = t.readKey()
	}
	if err != nil && (t.clear() || errors.Is(err, fs.ErrNotExist)) {
		if err = store.MakeDir(t.dir); err == nil || errors.Is(err, fs.ErrExist) {
			err = t.makeKey()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open recall table %q: %w", t.dir, err)
	}
	return t, nil
}

// mend restores the mode bits of the directory and the key, and reports whether
// any were missing.
func (t *Table) mend() bool {
	dir := store.Mend(t.dir)
	return store.Mend(filepath.Join(t.dir, keyName)) || dir
}

// clear removes entries of the wrong type in the place of the directory or the
// key, and reports whether there were any.
func (t *Table) clear() bool {
	for path, belongs := range map[string]fs.FileMode{t.dir: fs.ModeDir, filepath.Join(t.dir, keyName): 0} {
		if info, err := os.Lstat(path); err == nil && info.Mode().Type() != belongs {
			return os.RemoveAll(path) == nil
		}
	}
	return false
}

// readKey reads the key. It removes an incomplete key, which makes all records
// useless.
func (t *Table) readKey() error {
	path := filepath.Join(t.dir, keyName)
	b, err := store.ReadOwn(path, maxFile)
	if err != nil {
		return err
	}
	if len(b) != len(t.key) {
		if err := os.Remove(path); err != nil {
			return err
		}
		return fs.ErrNotExist
	}
	copy(t.key[:], b)
	return nil
}

// makeKey stores a random key, or reads the one that another process has just
// stored.
func (t *Table) makeKey() error {
	var key secret
	rand.Read(key[:])
	tmp, err := t.writeTemp(key[:])
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	// Unlike a rename, a link never replaces another key.
	if err := os.Link(tmp, filepath.Join(t.dir, keyName)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return t.readKey()
}

// path returns the path of the file with the records of an invocation.
func (t *Table) path(argv []string, dir string) string {
	return filepath.Join(t.dir, t.key.invocation(argv, dir).String())
}

// Read returns the records of an invocation, newest first. It omits a damaged
// record and all after it.
func (t *Table) Read(argv []string, dir string) ([]*Record, error) {
	b, err := store.ReadOwn(t.path(argv, dir), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read recall records: %w", err)
	}
	return slices.DeleteFunc(t.decode(b), func(r *Record) bool {
		return r.Dir != dir || !slices.Equal(r.Argv, argv)
	}), nil
}

// decode returns the records of a file up to the first damaged one.
func (t *Table) decode(b []byte) []*Record {
	var records []*Record
	for len(b) > 0 && len(records) < maxRecords {
		r, rest, err := decode(b, &t.key)
		if err != nil {
			break
		}
		records = append(records, r)
		b = rest
	}
	return records
}

// Write adds a record. It drops records of the same invocation that r replaces,
// that have expired, or whose result is gone, and the oldest ones beyond the
// bounds.
func (t *Table) Write(r *Record) error {
	b, err := r.encode(&t.key)
	if err != nil {
		return fmt.Errorf("write recall record: %w", err)
	}
	path := t.path(r.Argv, r.Dir)
	olds, err := t.Read(r.Argv, r.Dir)
	if err != nil {
		_ = os.RemoveAll(path) // a foreign file; if it stays, the rename fails
	}
	left := maxRecords - 1
	for _, old := range olds {
		if left == 0 || !t.worth(old, r) {
			continue
		}
		more, err := old.encode(&t.key)
		if err == nil && len(b)+len(more) <= maxFile {
			b = append(b, more...)
			left--
		}
	}
	if len(olds) == 0 && mathrand.N(trimEvery) == 0 {
		t.trim()
	}
	tmp, err := t.writeTemp(b)
	if err == nil {
		if err = os.Rename(tmp, path); err != nil {
			_ = os.Remove(tmp) // trim removes a leftover
		}
	}
	if err != nil {
		return fmt.Errorf("write recall record: %w", err)
	}
	return nil
}

// worth reports whether an older record is still useful beside a new one.
func (t *Table) worth(old, r *Record) bool {
	if old.StaleUntil <= r.NotBefore || old.Program != r.Program || r.replaces(old) {
		return false
	}
	_, err := os.Lstat(filepath.Join(t.store, filepath.FromSlash(old.Result.Name)))
	return err == nil
}

// writeTemp writes a new temporary file and returns its path.
func (t *Table) writeTemp(b []byte) (string, error) {
	f, err := os.CreateTemp(t.dir, tmpPrefix)
	if err != nil {
		return "", err
	}
	store.KeepPrivate(f)
	_, err = f.Write(b)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(f.Name()) // trim removes a leftover
		return "", err
	}
	return f.Name(), nil
}

// Program returns the stat of the running program, as the C code sees it.
func Program() (fingerprint.Stat, error) {
	path, err := programPath()
	if err != nil {
		return fingerprint.Stat{}, err
	}
	return fingerprint.NewWorld(nil, "/").Stat(path)
}
