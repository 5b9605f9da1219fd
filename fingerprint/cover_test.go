package fingerprint

import "testing"

func TestCovers(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "src/a.go", "", "src/sub/b.go", "", "src/sub/skip/c.go", "", "one", "", "app/[id]/page", "", "bin/tool", "")
	tree := taken(t, k, Dependency{Kind: KindPath, Pattern: "src", Excludes: []string{"**/skip"}})
	glob := taken(t, k, globDep("src/**/*.go"))
	file := taken(t, k, pathDep("one"))
	bracket := taken(t, k, pathDep("app/[id]/page"))
	gone := taken(t, k, pathDep("gone/x"))
	program := &Fingerprint{Dep: Dependency{Kind: KindProgram, Pattern: "tool"}, Entries: []Entry{
		{Path: "/opt/bin/tool", Walked: true},
		{Path: "bin/tool", Type: TypeFile},
	}}
	version := &Fingerprint{Dep: Dependency{Kind: KindVersion, Pattern: "tool --version"}}
	tests := []struct {
		selector string
		fp       *Fingerprint
		want     bool
	}{
		{"/src", tree, true},
		{"/src/", tree, true},
		{"/src/sub", tree, true},
		{"/src/sub/b.go", tree, true},
		{"/src/new/file", tree, true},
		{"/src/sub/skip", tree, false},
		{"/src/sub/skip/c.go", tree, false},
		{"/srcs", tree, false},
		{"/sr", tree, false},
		{"", tree, true},
		{"/src/*.go", tree, true},
		{"/**/b.go", tree, true},
		{"/src/*.js", tree, false},
		{"/src", glob, true},
		{"/src/sub", glob, true},
		{"/src/new/x.go", glob, true},
		{"/src/x.js", glob, false},
		{"/src/sub/*.go", glob, true},
		{"/one", file, true},
		{"/one/below", file, true},
		{"/on*", file, true},
		{"/two", file, false},
		{"/app/[id]/page", bracket, true},
		{`/app/\[id\]/page`, bracket, true},
		{"/app/i/page", bracket, false},
		{"/gone", gone, true},
		{"/gone/x", gone, true},
		{"/bin", program, true},
		{"/bin/tool", program, true},
		{"/bin/*", program, true},
		{"/other", program, false},
		{"", version, false},
	}
	for _, tt := range tests {
		if got := Covers(k.Dir+tt.selector, tt.fp, k.Dir); got != tt.want {
			t.Errorf("Covers(%q, %q) = %v, want %v", tt.selector, tt.fp.Dep.Pattern, got, tt.want)
		}
	}
	if Covers("/opt/bin", program, k.Dir) || !Covers("/opt/bin/tool", program, k.Dir) {
		t.Error("a candidate that was passed over counts by its own path only")
	}
	if !Covers("/", file, k.Dir) || Covers("", file, k.Dir) {
		t.Error("/ covers everything, an empty selector nothing")
	}
}
