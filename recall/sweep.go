package recall

import (
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Sweep removes obsolete records from the table in dir, the format directory of
// a store: they contain output that a user may have wanted to delete. It also
// removes leftover temporary files. Files that can't be removed stay. A record
// that another process writes at the same time may be lost, which costs one
// slow hit.
func Sweep(dir string, now time.Time) {
	t, err := Find(dir)
	if err != nil {
		return // there is no table, or the next call creates a new one
	}
	w := fingerprint.NewWorld(nil, dir)
	for _, path := range t.files() {
		b, err := store.ReadOwn(path, maxFile)
		if err != nil {
			continue
		}
		isLive := func(r *Record) bool { return r.StaleUntil > now.UnixNano() && t.holds(w, r) }
		if !slices.ContainsFunc(t.decode(b), isLive) {
			_ = os.Remove(path) // best effort
		}
	}
}

// holds reports whether the files of the store that a record names are
// unchanged.
func (t *Table) holds(w *fingerprint.World, r *Record) bool {
	for _, item := range append(slices.Clip(r.Items), r.Result) {
		st, err := w.Lstat(filepath.Join(t.store, filepath.FromSlash(item.Name)))
		if err != nil || st != item.Stat {
			return false
		}
	}
	return true
}

// trim removes the oldest files until nine tenths of maxFiles are left, if
// there are more than that. It also removes leftover temporary files.
func (t *Table) trim() {
	files := t.files()
	if len(files) <= maxFiles {
		return
	}
	for _, path := range files[:len(files)-maxFiles*9/10] {
		_ = os.Remove(path) // best effort
	}
}

// files returns the files of records, oldest first, and removes leftover
// temporary files.
func (t *Table) files() []string {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return nil // the next call tries again
	}
	written := map[string]time.Time{}
	for _, e := range entries {
		path := filepath.Join(t.dir, e.Name())
		info, err := e.Info()
		switch {
		case err != nil:
		case isDigest(e.Name()):
			written[path] = info.ModTime()
		case strings.HasPrefix(e.Name(), tmpPrefix) && time.Since(info.ModTime()) > leftover:
			_ = os.Remove(path) // best effort
		}
	}
	return slices.SortedFunc(maps.Keys(written), func(a, b string) int {
		return written[a].Compare(written[b])
	})
}

// isDigest reports whether name has the form of [Digest.String].
func isDigest(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == len(Digest{})
}
