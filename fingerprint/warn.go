package fingerprint

import (
	"errors"
	"path/filepath"
)

// warnEntries bounds how many directory entries are looked at for a warning.
const warnEntries = 100_000

// errMatched ends a walk that has found what it was for.
var errMatched = errors.New("matched")

// Warning says in a clause that a path or glob stands for nothing now, which is
// a state like any other but may be a mistake; "" if it stands for something,
// or if finding out would take long.
func (t *Taker) Warning(dep Dependency) string {
	t = t.in(&dep)
	base, err := t.base(dep)
	if err != nil {
		return ""
	}
	shown := dep.Shown("")
	switch dep.Kind {
	case KindPath:
		if why := t.missing(base, shown); why != "" {
			return why
		}
		if st, err := statPath(base, false); err == nil && st.Type() == TypeSymlink {
			if _, err := statPath(base, true); err != nil && isAbsent(err) {
				return shown + " is a symlink to nothing"
			}
		}
	case KindGlob:
		if t.matchesNothing(dep) {
			text := "nothing matches " + dep.Pattern
			if why := t.missing(base, shown); why != "" {
				return text + ": " + why
			}
			if st, err := statPath(base, true); err == nil && st.Type() != TypeDir {
				return text + ": " + shown + " is a " + st.Type().String()
			}
			return text
		}
	}
	return ""
}

// missing says that there is nothing at a path, and if so which directory above
// it is none; "" if there is something.
func (t *Taker) missing(path, shown string) string {
	if _, err := statPath(path, false); err == nil || !isAbsent(err) {
		return ""
	}
	text := shown + " does not exist"
	for parent := filepath.Dir(path); ; parent = filepath.Dir(parent) {
		st, err := statPath(parent, true)
		switch {
		case err == nil && st.Type() == TypeDir, parent == filepath.Dir(parent), err != nil && !isAbsent(err):
			return text
		case err == nil:
			if rel, err := filepath.Rel(t.Dir, parent); err == nil && !filepath.IsAbs(shown) {
				parent = rel
			}
			return text + ", because " + filepath.ToSlash(parent) + " is a " + st.Type().String()
		}
	}
}

// matchesNothing reports whether a glob is known to match nothing.
func (t *Taker) matchesNothing(dep Dependency) bool {
	k, err := t.newWalk(dep, unixNano(t.World.Now()), false)
	if err != nil {
		return false
	}
	k.first, k.budget = true, NewBudget(warnEntries, 0)
	return k.glob() == nil
}
