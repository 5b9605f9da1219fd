package fingerprint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxEntries bounds the files of one dependency. A tree beyond it (a symlink
// to / in it will do) is not an input that a check at every lookup suits.
const maxEntries = 1 << 20

var errUnknownKind = errors.New("unknown kind of dependency")

// A walk collects the entries of one dependency.
type walk struct {
	t        *Taker
	at       int64  // when it began, by which stats are trusted
	base     string // absolute path that entries are relative to
	rest     string // the part of a glob that has wildcards
	program  bool   // entries are paths that the lookup of a program found
	exact    bool   // hash a large program although its stat would do
	budget   *Budget
	first    bool // end with errMatched at the first file that counts
	excludes []exclude
	visited  map[visit]bool // directories listed by this walk
	links    []link         // symlinks that are still to be followed
	entries  []Entry
	pending  []int // entries whose content is not known
}

type inode struct{ dev, ino uint64 }

func (t *Taker) newWalk(dep Dependency, at int64, exact bool) (*walk, error) {
	k := &walk{t: t, at: at, exact: exact, budget: t.budgetOf(&dep), visited: map[visit]bool{}}
	if dep.Kind == KindProgram {
		k.base, k.program = t.Dir, true
		return k, nil
	}
	var err error
	if k.base, err = t.base(dep); err != nil {
		return nil, err
	}
	if dep.Kind == KindGlob {
		_, k.rest = splitGlob(dep.Pattern)
	}
	k.excludes, err = newExcludes(t.Dir, dep.Excludes)
	return k, err
}

// base returns the absolute path that the entries of a path or glob
// dependency are relative to.
func (t *Taker) base(dep Dependency) (string, error) {
	if dep.Pattern == "" {
		return "", errors.New("empty pattern")
	}
	if dep.Kind != KindGlob {
		return resolve(t.Dir, filepath.FromSlash(dep.Pattern)), nil
	}
	if err := validGlob(dep.Pattern); err != nil {
		return "", err
	}
	base, _ := splitGlob(dep.Pattern)
	return resolve(t.Dir, filepath.FromSlash(base)), nil
}

// joinEntry returns the path of an entry of a dependency at base.
func joinEntry(base, rel string) string {
	if rel == "" {
		return base
	}
	return below(base, rel)
}

// childOf returns the relative path of name in a directory.
func childOf(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// enter looks at a path below the base, appends its entry and returns the
// index of it. The content of a file that counts is queued for hashing.
func (k *walk) enter(rel string, walked bool) (int, error) {
	return k.enterAs(joinEntry(k.base, rel), Entry{Path: rel, Walked: walked})
}

// enterAs completes and appends the entry of an absolute path.
func (k *walk) enterAs(path string, e Entry) (int, error) {
	i := len(k.entries)
	if i >= maxEntries {
		return 0, fmt.Errorf("%q: more than %d files", k.base, maxEntries)
	}
	err := k.budget.spend(1, 0)
	if err == nil {
		err = k.observe(path, &e)
	}
	if err != nil {
		return 0, err
	}
	if k.first && !e.Walked {
		return 0, errMatched
	}
	if st, ok := e.file(); ok {
		e.Exec = st.Exec()
		large := k.program && st.Size > maxProgram && !e.Racy && !k.exact
		if !e.Walked && !large && !k.knows(st, &e) {
			k.pending = append(k.pending, i)
		}
	}
	k.entries = append(k.entries, e)
	return i, nil
}

// observe fills in type, stats and link text.
func (k *walk) observe(path string, e *Entry) error {
	st, isTrusted, err := k.t.World.look(path, false, k.at)
	switch {
	case err == nil:
	case isAbsent(err):
		e.Type, e.Stat = TypeAbsent, Stat{}
		return nil
	default:
		return pathError("lstat", path, err)
	}
	e.Type, e.Stat, e.Racy = st.Type(), st, !isTrusted
	if e.Type != TypeSymlink {
		return nil
	}
	text, err := os.Readlink(path)
	if err != nil {
		if isReplaced(bareError(err)) {
			return errMoved
		}
		return pathError("readlink", path, bareError(err))
	}
	// Only an unchanged lstat says that the text belongs to it.
	if after, err := statPath(path, false); err != nil || after != st {
		return errMoved
	}
	e.Link = text
	target, isTrusted, err := k.t.World.look(path, true, k.at)
	switch {
	case err == nil:
		e.TargetType, e.Target = target.Type(), &target
		e.Racy = e.Racy || !isTrusted
	case isAbsent(err):
		e.TargetType, e.Target = TypeAbsent, nil
	default:
		return pathError("stat", path, err)
	}
	return nil
}

// knows takes the content digest of an entry from the ones that trusted stats
// vouch for.
func (k *walk) knows(st Stat, e *Entry) bool {
	k.t.mu.Lock()
	defer k.t.mu.Unlock()
	d, ok := k.t.known[st]
	if ok {
		e.Digest = d
		// The stat was trusted when it was recorded, which a clock that was
		// set back since doesn't change for a plain file.
		if e.Type == TypeFile {
			e.Racy = false
		}
	}
	return ok
}

// drop takes back the last entry.
func (k *walk) drop() { k.entries = k.entries[:len(k.entries)-1] }

// inStore reports whether a directory is one that never is part of a tree.
func (k *walk) inStore(st Stat) bool { return slices.ContainsFunc(k.t.Store, st.SameFile) }

// An exclude is a pattern below an absolute, clean, slash-separated directory,
// or without a pattern that path itself.
type exclude struct {
	base string
	*pattern
}

// newExcludes returns the excludes of globs that are relative to dir.
func newExcludes(dir string, globs []string) ([]exclude, error) {
	var list []exclude
	for _, g := range globs {
		if err := validPattern(g); err != nil {
			return nil, err
		}
		var x exclude
		if HasMeta(g) {
			var rest string
			x.base, rest = splitGlob(g)
			x.pattern = newPattern(rest)
		} else {
			x.base = unescape(g)
		}
		x.base = cleanSlash(resolve(dir, filepath.FromSlash(x.base)))
		list = append(list, x)
	}
	return list, nil
}

// excludes reports whether a clean, absolute, slash-separated path is
// excluded. As everywhere, "dir/**" includes dir.
func (x exclude) excludes(path string) bool {
	rel, ok := relativeTo(x.base, path)
	switch {
	case !ok:
		return false
	case x.pattern == nil:
		return rel == ""
	case rel == "":
		return x.matchesBase()
	}
	return x.matches(rel)
}

// excluded reports whether the path of an entry is excluded. An excluded
// directory takes everything below with it.
func (k *walk) excluded(rel string) bool {
	if len(k.excludes) == 0 {
		return false
	}
	path := cleanSlash(joinEntry(k.base, rel))
	return slices.ContainsFunc(k.excludes, func(x exclude) bool { return x.excludes(path) })
}

// relativeTo returns the part of a clean, slash-separated path below base,
// empty for base itself.
func relativeTo(base, path string) (rel string, ok bool) {
	if path == base {
		return "", true
	}
	if !strings.HasSuffix(base, "/") {
		base += "/"
	}
	return strings.CutPrefix(path, base)
}
