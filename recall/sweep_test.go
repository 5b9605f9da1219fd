package recall

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func TestTableTrim(t *testing.T) {
	table := newTable(t)
	past := time.Now().Add(-2 * leftover)
	for i := range maxFiles + 10 {
		path := filepath.Join(table.dir, fmt.Sprintf("%032x", i))
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if i < 1000 {
			if err := os.Chtimes(path, past, past); err != nil {
				t.Fatal(err)
			}
		}
	}
	stale := filepath.Join(table.dir, tmpPrefix+"1")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(stale, past, past); err != nil {
		t.Fatal(err)
	}
	table.trim()
	entries, err := os.ReadDir(table.dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := maxFiles*9/10 + 1; len(entries) != want {
		t.Errorf("%d files left, want %d", len(entries), want)
	}
	if _, err := os.Stat(filepath.Join(table.dir, fmt.Sprintf("%032x", 1000))); err != nil {
		t.Errorf("a young file is gone: %v", err)
	}
	if _, err := os.Stat(filepath.Join(table.dir, keyName)); err != nil {
		t.Errorf("the key is gone: %v", err)
	}
}

func TestSweep(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		change func(store string, r *Record) error
		left   bool
	}{
		"live":  {func(string, *Record) error { return nil }, true},
		"ended": {func(_ string, r *Record) error { r.StaleUntil = now.UnixNano(); return nil }, false},
		"gone result": {func(store string, _ *Record) error {
			return os.Remove(filepath.Join(store, "results", "abc", "x"))
		}, false},
		"other result": {func(store string, _ *Record) error {
			return os.WriteFile(filepath.Join(store, "results", "abc", "x"), []byte("x"), 0o600)
		}, false},
		"grown log": {func(store string, _ *Record) error {
			return os.WriteFile(filepath.Join(store, "invalidations"), []byte("x"), 0o600)
		}, false},
		"changed directory": {func(store string, _ *Record) error {
			return os.Mkdir(filepath.Join(store, "results", "abc", "y"), 0o700)
		}, false},
	} {
		table := newTable(t)
		r := sample()
		if err := os.WriteFile(filepath.Join(table.store, "invalidations"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		w := fingerprint.NewWorld(nil, "/")
		for _, item := range []*Item{&r.Items[0], &r.Items[1], &r.Result} {
			var err error
			if item.Stat, err = w.Lstat(filepath.Join(table.store, item.Name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.change(table.store, r); err != nil {
			t.Fatal(err)
		}
		if err := table.Write(r); err != nil {
			t.Fatal(err)
		}
		Sweep(table.store, now)
		if got, err := table.Read(r.Argv, r.Dir); err != nil || len(got) == 1 != c.left {
			t.Errorf("%s: %d records left, %v; want left: %v", name, len(got), err, c.left)
		}
	}
}

// TestSweepForeign has a sweep meet what is no table and what is no record.
func TestSweepForeign(t *testing.T) {
	store := t.TempDir()
	if _, err := Find(store); err == nil {
		t.Error("found a table where there is none")
	}
	Sweep(store, time.Now())
	if entries, err := os.ReadDir(store); err != nil || len(entries) != 0 {
		t.Errorf("a sweep made %v, %v", entries, err)
	}
	table := newTable(t)
	for name, left := range map[string]bool{
		fmt.Sprintf("%032x", 1): false, // damaged
		"notes":                 true,
		tmpPrefix + "1":         true, // being written
	} {
		path := filepath.Join(table.dir, name)
		if err := os.WriteFile(path, []byte("not a record"), 0o600); err != nil {
			t.Fatal(err)
		}
		Sweep(table.store, time.Now())
		if _, err := os.Stat(path); err == nil != left {
			t.Errorf("%s: %v; want left: %v", name, err, left)
		}
	}
}
