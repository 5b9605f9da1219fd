package fingerprint

import (
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

func TestPlaces(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symlinks")
	}
	k := newTaker(t)
	write(t, k.Dir, "a/b/file", "1", "tree/x/y/z", "2", "link", "-> elsewhere/target", "elsewhere/target", "3", "src/", "")
	for _, test := range []struct {
		dep      string
		want     []string
		concerns string
		ignores  string
	}{
		{"a/b/file", []string{".", "a", "a/b"}, "a/b/file", "a/b/other"},
		{"a/b/none", []string{".", "a", "a/b"}, "a/b/none", "a/other"},
		{"no/such/dir", []string{"."}, "no", "yes"},
		{"tree", []string{".", "tree", "tree/x", "tree/x/y"}, "tree/x/new", "treetop"},
		{"link", []string{".", "elsewhere"}, "elsewhere/target", "elsewhere/other"},
		{"src/**/*.go", []string{".", "src"}, "src/deep/a.go", "src/a.c"},
	} {
		deps, err := ParseDependencies([]string{test.dep})
		must(t, err)
		fp := k.Take(deps[0])
		p := k.Places(&fp)
		var want []string
		for _, dir := range test.want {
			want = append(want, filepath.Join(k.Dir, dir))
		}
		if !slices.Equal(p.Dirs, want) {
			t.Errorf("%s: places %q, want %q", test.dep, p.Dirs, want)
		}
		if !p.Concerns(filepath.Join(k.Dir, test.concerns), &fp, k.Dir) {
			t.Errorf("%s: %s is none of its business", test.dep, test.concerns)
		}
		if p.Concerns(filepath.Join(k.Dir, test.ignores), &fp, k.Dir) {
			t.Errorf("%s: %s is its business", test.dep, test.ignores)
		}
	}
}
