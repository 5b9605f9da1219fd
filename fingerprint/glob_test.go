package fingerprint

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

func TestGlob(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "a.go", "1", "b.js", "1", ".c.go", "1", "sub/d.go", "1", "sub/deep/e.go", "1", "sub/deep/f.js", "", "dir.go/", "")
	wantCounted(t, taken(t, k, globDep("*.go")), ".c.go", "a.go", "dir.go")
	wantCounted(t, taken(t, k, globDep("**/*.go")), ".c.go", "a.go", "dir.go", "sub/d.go", "sub/deep/e.go")
	wantCounted(t, taken(t, k, globDep("sub/**")), "d.go", "deep", "deep/e.go", "deep/f.js")
	wantCounted(t, taken(t, k, globDep("s*/{d,deep/*}.go")), "sub/d.go", "sub/deep/e.go")
	wantCounted(t, taken(t, k, globDep(k.Dir+"/sub/*.go")), "d.go")
	wantCounted(t, taken(t, k, globDep("nothing*")))
	wantCounted(t, taken(t, k, globDep("a.go/*")), "")

	fp := taken(t, k, globDep("**/*.go"))
	steps := []struct {
		when  string
		do    func()
		match bool
	}{
		{"untouched", func() {}, true},
		{"unrelated file added", func() { write(t, k.Dir, "sub/deep/x.js", "") }, true},
		{"unrelated directory added", func() { write(t, k.Dir, "sub/new/x.js", "") }, true},
		{"unrelated file edited", func() { write(t, k.Dir, "sub/deep/f.js", "x") }, true},
		{"file in a matching directory", func() { write(t, k.Dir, "dir.go/x.js", "") }, true},
		{"match added", func() { write(t, k.Dir, "sub/new/x.go", "") }, false},
		{"match removed", func() { os.Remove(filepath.Join(k.Dir, "sub/new/x.go")) }, true},
		{"match edited", func() { write(t, k.Dir, "sub/deep/e.go", "2") }, false},
		{"match edited back", func() { write(t, k.Dir, "sub/deep/e.go", "1") }, true},
		{"match became a directory", func() { os.Remove(filepath.Join(k.Dir, "a.go")); write(t, k.Dir, "a.go/", "") }, false},
	}
	for _, s := range steps {
		s.do()
		if updated := wantMatch(t, k, fp, s.match, s.when); updated != nil {
			wantMatch(t, k, updated, true, s.when+", updated")
		}
	}
	_, changes := k.again().Explain(fp)
	if want := []Change{{"a.go", "became a directory"}}; !slices.Equal(changes, want) {
		t.Errorf("changes %v, want %v", changes, want)
	}
}

// Brackets and braces match themselves too, for that is what files are named.
func TestGlobLiteral(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "app/[id]/page.tsx", "1", "app/i/page.tsx", "1", "app/[id].tsx", "1", "app/d.tsx", "1",
		"x{1}", "1", "x1", "1", "{a,b}/c[d]", "1", "a/cd", "1")
	wantCounted(t, taken(t, k, globDep("app/[id].tsx")), "[id].tsx", "d.tsx")
	wantCounted(t, taken(t, k, globDep(`app/\[id\]*.tsx`)), "[id].tsx")
	wantCounted(t, taken(t, k, globDep("app/[id]/*.tsx")), "[id]/page.tsx", "i/page.tsx")
	wantCounted(t, taken(t, k, globDep("x{1}")), "x1", "x{1}")
	wantCounted(t, taken(t, k, globDep("{a,b}/c[d]")), "a/cd", "{a,b}/c[d]")

	// A directory of that very name counts with its tree.
	wantCounted(t, taken(t, k, globDep("app/[id]")), "[id]", "[id]/page.tsx", "i")
	wantCounted(t, taken(t, k, globDep("{a,b}")), "a", "{a,b}", "{a,b}/c[d]")
	write(t, k.Dir, "[l]", "-> app")
	wantCounted(t, taken(t, k, globDep("[l]")), "[l]", "[l]/[id]", "[l]/[id].tsx", "[l]/[id]/page.tsx", "[l]/d.tsx", "[l]/i", "[l]/i/page.tsx")
	tree := taken(t, k, globDep("app/[id]"))
	write(t, k.Dir, "app/[id]/new/x", "1")
	wantMatch(t, k, tree, false, "a file added below the directory of that very name")
	if !Covers(filepath.Join(k.Dir, "app/[id]/page.tsx"), tree, k.Dir) {
		t.Error("what is below the directory of that very name isn't covered")
	}

	fp := taken(t, k, globDep("app/[id].tsx"))
	write(t, k.Dir, "app/[id].tsx", "2")
	wantMatch(t, k, fp, false, "the file of that very name edited")
	if !Covers(filepath.Join(k.Dir, "app/[id].tsx"), fp, k.Dir) {
		t.Error("the name doesn't cover the dependency on it")
	}
}

func TestGlobSymlinks(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "pkg/a/f.go", "1", "pkg/self", "-> .", "pkg/link", "-> ../other", "other/f.go", "1", "other/sub/f.go", "1",
		"pkg/file.go", "-> a/f.go", "pkg/dangling.go", "-> gone", "via", "-> pkg")
	wantCounted(t, taken(t, k, globDep("pkg/**/f.go")), "a/f.go", "link/f.go", "link/sub/f.go")
	wantCounted(t, taken(t, k, globDep("pkg/*/f.go")), "a/f.go", "link/f.go")
	wantCounted(t, taken(t, k, globDep("pkg/li*/**/f.go")), "link/f.go", "link/sub/f.go")
	wantCounted(t, taken(t, k, globDep("via/*/f.go")), "a/f.go", "link/f.go")
	wantCounted(t, taken(t, k, globDep("pkg/*.go")), "dangling.go", "file.go")

	star, all := taken(t, k, globDep("pkg/*/f.go")), taken(t, k, globDep("pkg/**"))
	deep := taken(t, k, globDep("pkg/**/f.go"))
	wantCounted(t, all, "a", "a/f.go", "dangling.go", "file.go", "link", "link/f.go", "link/sub", "link/sub/f.go", "self")
	write(t, k.Dir, "other/new", "")
	wantMatch(t, k, star, true, "unrelated file behind a symlink")
	wantMatch(t, k, deep, true, "unrelated file behind a symlink")
	wantMatch(t, k, all, false, "file added behind a symlink")
	os.Remove(filepath.Join(k.Dir, "other/new"))
	wantMatch(t, k, all, true, "file removed behind a symlink")
	write(t, k.Dir, "other/f.go", "2")
	wantMatch(t, k, star, false, "edited behind a symlink")
	wantMatch(t, k, deep, false, "edited behind a symlink")
	wantMatch(t, k, all, false, "edited behind a symlink")
	write(t, k.Dir, "other/f.go", "1", "pkg/link", "-> a")
	wantMatch(t, k, all, false, "retargeted")
	wantMatch(t, k, deep, false, "retargeted")
	write(t, k.Dir, "pkg/link", "-> ../other", "pkg/gone", "")
	wantMatch(t, k, all, false, "a dangling symlink leads somewhere")
}

// A directory, its "**" and its "**/*" see the same tree: each real directory
// once, by its own name if it has one there.
func TestSameTree(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "d/alias", "-> sub", "d/sub/f", "1", "d/sub/up", "-> ..", "d/zout", "-> ../out", "d/bout", "-> ../out",
		"d/aout", "-> ../out/in", "out/in/g", "1", "out/back", "-> ../d", "d/x.log", "")
	want := []string{"alias", "aout", "aout/g", "bout", "bout/back", "bout/in", "sub", "sub/f", "sub/up", "x.log", "zout"}
	wantCounted(t, taken(t, k, pathDep("d")), append([]string{""}, want...)...)
	for _, glob := range []string{"d/**", "d/**/*", "d/**/**", "d/{**,sub/*}"} {
		wantCounted(t, taken(t, k, globDep(glob)), want...)
	}
	// What is matched by a name is found by that name.
	wantCounted(t, taken(t, k, globDep("d/**/alias/*")), "alias/f", "alias/up")
	wantCounted(t, taken(t, k, globDep("d/*/{f,in}")), "alias/f", "bout/in", "sub/f", "zout/in")

	deps, err := ParseDependencies([]string{"d", "d/**", "!d/aout", "!d/sub/**"})
	must(t, err)
	want = []string{"alias", "alias/f", "alias/up", "bout", "bout/back", "bout/in", "bout/in/g", "x.log", "zout"}
	wantCounted(t, taken(t, k, deps[0]), append([]string{""}, want...)...)
	wantCounted(t, taken(t, k, deps[1]), want...)
}

// globTree makes a tree whose names give patterns much to confuse.
func globTree(t testing.TB) (*Taker, []string) {
	k := newTaker(t)
	for _, a := range []string{"a", "b", "ab", ".h"} {
		for _, b := range []string{"a", "c.go", "b,c", "{x}"} {
			write(t, k.Dir, a+"/"+b+"/f.go", "", a+"/"+b+"/a/b", "")
		}
	}
	write(t, k.Dir, "f.go", "", "x[1]", "", "a*", "", "**", "", "e/", "")
	var paths []string
	must(t, filepath.WalkDir(k.Dir, func(path string, _ fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(k.Dir, path)
		paths = append(paths, filepath.ToSlash(rel))
		return err
	}))
	return k, paths
}

// checkGlob compares what a glob counts with what a reference matches of all
// paths.
func checkGlob(t testing.TB, k *Taker, paths []string, glob string, reference func(rest, path string) bool) {
	base, rest := splitGlob(glob)
	fp := k.Take(globDep(glob))
	if fp.Err != "" {
		t.Fatalf("%q: %s", glob, fp.Err)
	}
	if e := fp.Entries[0]; !e.Walked {
		return // there is no such base
	}
	p := newPattern(rest)
	var want []string
	for _, path := range paths {
		rel := path
		if base != "." {
			var ok bool
			if rel, ok = strings.CutPrefix(path, base+"/"); !ok {
				continue
			}
		}
		if rel == "." {
			continue
		}
		if reference(rest, rel) {
			want = append(want, rel)
		}
		if got, want := p.matches(rel), reference(rest, rel); got != want {
			t.Errorf("%q matches %q: %v, reference %v", rest, rel, got, want)
		}
	}
	slices.Sort(want)
	if got := counted(&fp); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Errorf("%q counts %q, reference %q", glob, got, want)
	}
}

// byDoublestar is the reference for globs without braces and classes and with
// "**" only as a segment. "b*/**" doesn't match b there, though "b/**" does.
func byDoublestar(glob, path string) bool {
	ok, err := doublestar.Match(glob, path)
	if above, found := strings.CutSuffix(glob, "/**"); found && !ok {
		return byDoublestar(above, path)
	}
	return ok && err == nil
}

// byRegexp is the reference for globs without escapes and with plain classes:
// regular expressions for what braces expand to, and for the braces themselves.
func byRegexp(glob, path string) bool {
	plain := strings.NewReplacer("{", "\x01", "}", "\x02")
	return expandedByRegexp(glob, path) || expandedByRegexp(plain.Replace(glob), plain.Replace(path))
}

// expandedByRegexp expands the innermost braces first.
func expandedByRegexp(glob, path string) bool {
	innermost := regexp.MustCompile(`\{([^{}]*)\}`)
	if m := innermost.FindStringSubmatchIndex(glob); m != nil {
		for part := range strings.SplitSeq(glob[m[2]:m[3]], ",") {
			if expandedByRegexp(glob[:m[0]]+part+glob[m[1]:], path) {
				return true
			}
		}
		return false
	}
	expr := "/"
	for i, segment := range strings.Split(glob, "/") {
		if segment == "" {
			return false
		}
		if i > 0 && !strings.HasSuffix(expr, "(?:[^/]+/)*") {
			expr += "/"
		}
		if segment == "**" {
			expr += "(?:[^/]+/)*"
			continue
		}
		for i := 0; i < len(segment); i++ {
			switch c := segment[i]; c {
			case '*':
				expr += "[^/]*"
			case '?':
				expr += "[^/]"
			case '[':
				end := i + strings.IndexByte(segment[i:], ']') + 1
				expr += segment[i:end]
				i = end - 1
			default:
				expr += regexp.QuoteMeta(segment[i : i+1])
			}
		}
	}
	if !strings.HasSuffix(expr, "(?:[^/]+/)*") {
		expr += "/"
	}
	return regexp.MustCompile(`\A(?s:` + expr + `)\z`).MatchString("/" + path + "/")
}

// randomGlobs calls check with valid globs made of the pieces.
func randomGlobs(n int, pieces []string, check func(glob string)) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		var glob string
		for range 1 + r.IntN(6) {
			glob += pieces[r.IntN(len(pieces))]
		}
		deps, err := ParseDependencies([]string{glob})
		if err == nil && deps[0].Kind == KindGlob && glob[0] != '/' {
			check(deps[0].Pattern)
		}
	}
}

func TestGlobAgainstDoublestar(t *testing.T) {
	k, paths := globTree(t)
	pieces := []string{"*", "**/", "/**/", "/", "a", "b", "?", ".go", "f", "c", `\{x\}`, "b,c", "/**"}
	randomGlobs(1500, pieces, func(glob string) {
		for segment := range strings.SplitSeq(glob, "/") {
			if strings.Contains(segment, "**") && segment != "**" {
				return
			}
		}
		if !strings.Contains(glob, "**/**") {
			checkGlob(t, k, paths, glob, byDoublestar)
		}
	})
}

func TestGlobAgainstRegexp(t *testing.T) {
	k, paths := globTree(t)
	pieces := []string{"*", "**", "**/", "/", "/", "a", "b", "?", "[ab]", "{a,b}", "{a,b/c.go}", "{,a/}", "{**,b}", ".go", "f", "c", "{a,{b,ab}/}", "[b,]"}
	randomGlobs(300, pieces, func(glob string) {
		if !strings.Contains(glob, "[b,]") || !strings.Contains(glob, "{") { // the reference splits there
			checkGlob(t, k, paths, glob, byRegexp)
		}
	})
}

func FuzzGlob(f *testing.F) {
	for _, s := range []string{"**/*.go", "{a,b/**}/c*", "a/{**,x}/f.go", "*/{a,b}{a,c.go}/*", "***/a", "{*,a}*/f.go", "{{a,b},c}/**/**", "a{/,}**"} {
		f.Add(s)
	}
	k, paths := globTree(f)
	f.Fuzz(func(t *testing.T, glob string) {
		if len(glob) > 40 || strings.Count(glob, "{") > 4 || strings.ContainsAny(glob, `[\`) || !utf8.ValidString(glob) {
			return
		}
		deps, err := ParseDependencies([]string{glob})
		if err != nil || len(deps) != 1 || deps[0].Kind != KindGlob {
			return
		}
		if p := deps[0].Pattern; p[0] != '/' && !strings.HasPrefix(p, "..") && !strings.Contains(p, "/..") {
			checkGlob(t, k, paths, p, byRegexp)
		}
	})
}

// TestClassesMatchNoSlash is where memo is with the shells and not with
// doublestar.
func TestClassesMatchNoSlash(t *testing.T) {
	k, _ := globTree(t)
	for glob, want := range map[string][]string{
		"a[^b]a":             nil,
		"a[!-~]a":            nil,
		"[^.a]*/[^a]*/[^a]*": {"b/b,c/f.go", "b/c.go/f.go", "b/{x}/f.go"},
	} {
		wantCounted(t, taken(t, k, globDep(glob)), want...)
	}
}

func TestGlobPrunes(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "src/a/x.go", "", "node_modules/deep/er/x.js", "", "src/b/c/d/x.go", "")
	for glob, want := range map[string][]string{
		"{src,lib}/*/x.go": {"", "src", "src/a", "src/b"},
		"[s]rc/a/*":        {"", "src", "src/a"},
		"*.go":             {""},
	} {
		var walked []string
		for _, e := range taken(t, k, globDep(glob)).Entries {
			if e.Walked {
				walked = append(walked, e.Path)
			}
		}
		if !slices.Equal(walked, want) {
			t.Errorf("%q walked %q, want %q", glob, walked, want)
		}
	}
}

// A glob costs no more than its length in what it matches, whatever its braces
// expand to.
func TestGlobCost(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "a/b/x", "", "aaaaaaaa", "")
	for _, tt := range []struct {
		glob string
		want []string
	}{
		{strings.Repeat("{,a}", 3000), []string{"a", "aaaaaaaa"}},
		{strings.Repeat("{a,b}", 3000), nil},
		{strings.Repeat("{**/,a/}", 3000) + "x", []string{"a/b/x"}},
		{strings.Repeat("{", 3000) + "a" + strings.Repeat("}", 3000), []string{"a"}},
		{strings.Repeat("**/", 3000) + "x", []string{"a/b/x"}},
		{strings.Repeat("**/*/", 3000) + "x", nil},
		{strings.Repeat("*a", 3000), nil},
		{"{" + strings.Repeat("z,", 3000) + "a}/b/x", []string{"a/b/x"}},
	} {
		wantCounted(t, taken(t, k, globDep(tt.glob)), tt.want...)
		if got, limit := len(newPattern(tt.glob).nodes), 4*len(tt.glob)+8; got > limit {
			t.Errorf("%.20q...: %d nodes for %d bytes, want at most %d", tt.glob, got, len(tt.glob), limit)
		}
	}
}

// Segments that add nothing make no other dependency.
func TestCleanGlob(t *testing.T) {
	deps, err := ParseDependencies([]string{"a/**/**/**", "**/./**//x/**/**/y"})
	must(t, err)
	if got, want := []string{deps[0].Pattern, deps[1].Pattern}, []string{"**/x/**/y", "a/**"}; !slices.Equal(got, want) {
		t.Errorf("patterns %q, want %q", got, want)
	}
}
