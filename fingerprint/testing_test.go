package fingerprint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// newTaker returns a Taker for a new directory, by whose clock an hour has
// passed since its files were written, so that their stats are trusted.
func newTaker(t testing.TB) *Taker {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return takerAt(dir, time.Hour)
}

// takerAt returns a Taker with a new World whose clock is ahead.
func takerAt(dir string, ahead time.Duration) *Taker {
	w := NewWorld(nil, dir)
	w.now = func() time.Time { return time.Now().Add(ahead) }
	return &Taker{World: w, Dir: dir}
}

// again returns a Taker for the same directory that has seen nothing yet.
func (t *Taker) again() *Taker {
	n := takerAt(t.Dir, time.Hour)
	n.Store = t.Store
	n.World.env = t.World.env
	return n
}

// write writes files, given as path and content in turn; a path that ends in
// a slash makes a directory, a content that begins with "-> " a symlink.
func write(t testing.TB, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		switch content := files[i+1]; {
		case files[i][len(files[i])-1] == '/':
			must(t, os.MkdirAll(path, 0o755))
		case len(content) > 3 && content[:3] == "-> ":
			os.Remove(path)
			must(t, os.Symlink(content[3:], path))
		default:
			must(t, os.WriteFile(path, []byte(content), 0o644))
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pathDep(pattern string) Dependency { return Dependency{Kind: KindPath, Pattern: pattern} }
func globDep(pattern string) Dependency { return Dependency{Kind: KindGlob, Pattern: pattern} }

// taken takes a fingerprint that must succeed.
func taken(t testing.TB, k *Taker, dep Dependency) *Fingerprint {
	t.Helper()
	fp := k.Take(dep)
	if fp.Err != "" {
		t.Fatalf("Take(%q): %s", dep.Pattern, fp.Err)
	}
	return &fp
}

// wantMatch checks a fingerprint with a Taker that has seen nothing yet.
func wantMatch(t testing.TB, k *Taker, fp *Fingerprint, want bool, when string) *Fingerprint {
	t.Helper()
	got, updated := k.again().Check(fp)
	if got != want {
		_, changes := k.again().Explain(fp)
		t.Fatalf("%s: Check(%q) = %v, want %v; changes %v", when, fp.Dep.Pattern, got, want, changes)
	}
	if explained, changes := k.again().Explain(fp); explained != want || want != (len(changes) == 0) {
		t.Fatalf("%s: Explain(%q) = %v %v, want %v", when, fp.Dep.Pattern, explained, changes, want)
	}
	return updated
}

// counted returns the sorted paths of the entries that count.
func counted(fp *Fingerprint) []string {
	paths := []string{}
	for _, e := range fp.Entries {
		if !e.Walked {
			paths = append(paths, e.Path)
		}
	}
	slices.Sort(paths)
	return paths
}

func wantCounted(t testing.TB, fp *Fingerprint, want ...string) {
	t.Helper()
	if got := counted(fp); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Errorf("%q counts %q, want %q", fp.Dep.Pattern, got, want)
	}
}
