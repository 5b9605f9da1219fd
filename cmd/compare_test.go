package cmd

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// What is over the budget of a list is not known, and never called out of date.
func TestComparisonBudget(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := &entryMaker{app: &app{world: fingerprint.NewWorld(nil, dir)}, store: s}
	res := &store.Result{Dir: dir}
	fp := m.takerFor(res).Take(fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: file})
	if err := os.WriteFile(file, []byte("22"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		entries, bytes     int64
		known, isOutOfDate bool
	}{{0, 0, false, false}, {100, 1, false, false}, {100, 100, true, true}} {
		c := comparison{budget: fingerprint.NewBudget(tt.entries, tt.bytes), takers: map[string]*fingerprint.Taker{}}
		why, known := c.of(m, res, []fingerprint.Fingerprint{fp})
		if known != tt.known || known && why.IsZero() == tt.isOutOfDate {
			t.Errorf("%d entries, %d bytes: reason %q, known %v; want %v", tt.entries, tt.bytes, why.Text, known, tt.known)
		}
	}
}
