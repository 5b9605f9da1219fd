package fingerprint

import (
	"path/filepath"
	"testing"
)

func TestDependencyOfAnotherDirectory(t *testing.T) {
	inner, outer := newTaker(t), newTaker(t)
	write(t, inner.Dir, "f", "1")
	write(t, outer.Dir, "f", "2")
	fp := taken(t, inner, pathDep("f"))
	fp.Dep.Dir, fp.Dep.Inherited = inner.Dir, true
	wantMatch(t, outer, fp, true, "seen from elsewhere")
	if again := taken(t, outer, fp.Dep); again.Digest != fp.Digest {
		t.Error("taken from elsewhere the state differs")
	}
	if !Covers(filepath.Join(inner.Dir, "f"), fp, outer.Dir) || Covers(filepath.Join(outer.Dir, "f"), fp, outer.Dir) {
		t.Error("a selector counts against the directory of the reader")
	}
	write(t, inner.Dir, "f", "3")
	wantMatch(t, outer, fp, false, "edited")
}

func TestVariableAsDependency(t *testing.T) {
	k := newTaker(t)
	fp := taken(t, k, Dependency{Kind: KindEnv, Pattern: "X"})
	wantMatch(t, k, fp, true, "still unset")
	k.World.env["X"] = ""
	wantMatch(t, k, fp, false, "empty")
	empty := taken(t, k, fp.Dep)
	wantMatch(t, k, empty, true, "still empty")
	k.World.env["X"] = "1"
	wantMatch(t, k, empty, false, "another value")
}
