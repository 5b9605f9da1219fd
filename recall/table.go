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
	// maxRecords is how many records of one invocation are kept.
	maxRecords = 8
	// MaxInline is how much output a record holds itself, in bytes. Copying it
	// is as fast as opening the result.
	MaxInline = 16 << 10
	// MaxChunks is how many changes between the streams a record holds: 0.5
	// MiB of it. A command that changes more often prints for long enough.
	MaxChunks = 1 << 15
	// maxFile bounds the records of one invocation, in bytes.
	maxFile = 4 << 20
	// maxFiles bounds the table.
	maxFiles = 4096
	// trimEvery is after how many new files, on average, the table is
	// trimmed.
	trimEvery = 64
	// leftover is the age from which a temporary file has lost its writer.
	leftover = time.Hour

	keyName   = "key"
	tmpPrefix = ".tmp-"
)

// A Table is the records of one store. Any number of processes may use it.
type Table struct {
	store string // the format directory
	dir   string
	key   secret
}

func tableOf(dir string) *Table {
	return &Table{store: dir, dir: filepath.Join(dir, "recall")}
}

// Find opens the table in a store's format directory if it is there.
func Find(dir string) (*Table, error) {
	t := tableOf(dir)
	if err := t.readKey(); err != nil {
		return nil, fmt.Errorf("open recall table %q: %w", t.dir, err)
	}
	return t, nil
}

// Open opens the table in a store's format directory and lays it down if it is
// not there.
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

// mend makes the directory and the key accessible if they are not, and reports
// whether they were not.
func (t *Table) mend() bool {
	dir := store.Mend(t.dir)
	return store.Mend(filepath.Join(t.dir, keyName)) || dir
}

// clear removes what stands in the place of the directory or of the key and is
// neither, and reports whether there was something.
func (t *Table) clear() bool {
	for path, belongs := range map[string]fs.FileMode{t.dir: fs.ModeDir, filepath.Join(t.dir, keyName): 0} {
		if info, err := os.Lstat(path); err == nil && info.Mode().Type() != belongs {
			return os.RemoveAll(path) == nil
		}
	}
	return false
}

// readKey reads the key. One that isn't whole is removed, and with it all
// records end.
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

// makeKey puts a random key in place, or takes the one that another process
// has put there meanwhile.
func (t *Table) makeKey() error {
	var key secret
	rand.Read(key[:])
	tmp, err := t.writeTemp(key[:])
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	// Unlike a rename, a link never takes the place of another key.
	if err := os.Link(tmp, filepath.Join(t.dir, keyName)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return t.readKey()
}

// path returns the file of the records of an invocation.
func (t *Table) path(argv []string, dir string) string {
	return filepath.Join(t.dir, t.key.invocation(argv, dir).String())
}

// Read returns the records of an invocation, the newest first. Damaged ones
// and what follows them are left out.
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

// decode returns the records of a file up to the first that is damaged.
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

// Write adds a record and drops those of the same invocation that it replaces,
// that have ended by now or whose result is gone, and the oldest ones beyond
// the bounds.
func (t *Table) Write(r *Record) error {
	b, err := r.encode(&t.key)
	if err != nil {
		return fmt.Errorf("write recall record: %w", err)
	}
	path := t.path(r.Argv, r.Dir)
	olds, err := t.Read(r.Argv, r.Dir)
	if err != nil {
		_ = os.RemoveAll(path) // not a file of ours; the rename tells if it stays
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
			_ = os.Remove(tmp) // trim finds what stays
		}
	}
	if err != nil {
		return fmt.Errorf("write recall record: %w", err)
	}
	return nil
}

// worth reports whether an older record can still be of use beside a new one.
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
		_ = os.Remove(f.Name()) // trim finds what stays
		return "", err
	}
	return f.Name(), nil
}

// Program returns the stat of the program that runs, as the C code takes it.
func Program() (fingerprint.Stat, error) {
	path, err := programPath()
	if err != nil {
		return fingerprint.Stat{}, err
	}
	return fingerprint.NewWorld(nil, "/").Stat(path)
}
