package fingerprint

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A Taker takes fingerprints and checks recorded ones. It is safe for
// concurrent use. It must not be copied after first use.
type Taker struct {
	World *World
	// Dir is the physical directory against which relative patterns and
	// programs resolve.
	Dir string
	// Store holds the devices and inodes of the directories of memo's store,
	// which are never part of a tree or a glob.
	Store []Stat
	// Version returns a representation of a version command's standard output
	// in a directory, equal for equal outputs. If the answer can't be stored,
	// it calls [World.NeverRecall].
	Version func(cmd, dir string) ([]byte, error)
	// Budget bounds what taking the states of the dependencies may cost for
	// which Bounded is true; nil: nothing does.
	Budget  *Budget
	Bounded func(Dependency) bool

	mu sync.Mutex
	// known holds the content digests of files by trusted stats: files with
	// equal trusted stats are the same file with the same content.
	known map[Stat]Digest
	// elsewhere holds the takers for dependencies with a Dir of their own.
	elsewhere map[string]*Taker
}

// in returns the taker for the directory of a dependency.
func (t *Taker) in(dep *Dependency) *Taker {
	if dep.Dir == "" || dep.Dir == t.Dir {
		return t
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	other := t.elsewhere[dep.Dir]
	if other == nil {
		other = &Taker{World: t.World, Dir: dep.Dir, Store: t.Store, Version: t.Version, Budget: t.Budget, Bounded: t.Bounded}
		if t.elsewhere == nil {
			t.elsewhere = map[string]*Taker{}
		}
		t.elsewhere[dep.Dir] = other
	}
	return other
}

// budgetOf returns what bounds a dependency, nil if nothing does.
func (t *Taker) budgetOf(dep *Dependency) *Budget {
	if t.Budget == nil || !t.Bounded(*dep) {
		return nil
	}
	return t.Budget
}

// Take returns the present state of a dependency.
func (t *Taker) Take(dep Dependency) Fingerprint { return t.in(&dep).take(dep, false) }

// take is Take, but with exact set it hashes the content even of a large
// program.
func (t *Taker) take(dep Dependency, exact bool) Fingerprint {
	fp := Fingerprint{Dep: dep, Taken: unixNano(t.World.Now())}
	var err error
	for range attempts {
		if fp.Entries, fp.Digest, err = t.state(dep, fp.Taken, exact); err != errMoved {
			break
		}
		fp.Taken = unixNano(t.World.Now())
	}
	if errors.Is(err, errOverBudget) {
		t.Budget.blame(dep)
	}
	if err != nil {
		fp.Entries, fp.Digest, fp.Err = nil, Digest{}, err.Error()
		t.World.NeverRecall()
	}
	return fp
}

// state returns the entries of a dependency and the digest of its state.
func (t *Taker) state(dep Dependency, at int64, exact bool) ([]Entry, Digest, error) {
	switch dep.Kind {
	case KindEnv:
		h := NewFieldHash("memo variables 1")
		for _, e := range Environment(t.World, []string{dep.Pattern}, nil) {
			h.String("name", e.Name)
			h.Bool("set", e.Set)
			h.Digest("value", e.Digest)
		}
		return nil, h.Sum(), nil
	case KindVersion:
		if t.Version == nil {
			return nil, Digest{}, errUnknownKind
		}
		out, err := t.Version(dep.Pattern, t.Dir)
		if err != nil {
			return nil, Digest{}, err
		}
		h := NewFieldHash("memo version output 1")
		h.String("stdout", string(out))
		return nil, h.Sum(), nil
	}
	k, err := t.newWalk(dep, at, exact)
	if err != nil {
		return nil, Digest{}, err
	}
	switch dep.Kind {
	case KindPath:
		err = k.tree()
	case KindGlob:
		err = k.glob()
	case KindProgram:
		err = k.lookUp(dep.Pattern)
	default:
		err = errUnknownKind
	}
	if err == nil {
		err = k.hash()
	}
	if err != nil {
		return nil, Digest{}, err
	}
	return k.entries, digestOf(&dep, k.entries), nil
}

// digestOf returns the digest over everything that counts of the entries.
func digestOf(dep *Dependency, entries []Entry) Digest {
	kind := dep.Kind
	h := NewFieldHash("memo fingerprint 1")
	h.Int("kind", int64(kind))
	if dep.Counts != 0 {
		h.Int("counts", int64(dep.Counts))
	}
	for i := range entries {
		e := &entries[i]
		if e.Walked {
			continue
		}
		h.String("path", e.Path)
		h.Int("type", int64(e.Type))
		h.Bool("exec", e.Exec)
		h.String("link", e.Link)
		h.Int("target", int64(e.TargetType))
		dep.Counts.add(h, e)
		st, isFile := e.file()
		if kind != KindProgram || !isFile || !toldByStat(st, e.Digest) {
			h.Digest("content", e.Digest)
			continue
		}
		h.Int("dev", int64(st.Dev))
		h.Int("ino", int64(st.Ino))
		h.Int("mode", int64(st.Mode))
		h.Int("size", st.Size)
		h.Int("mtime", st.Mtime)
		h.Int("ctime", st.Ctime)
	}
	return h.Sum()
}

// Check reports whether the dependency of a recorded fingerprint is still in
// the recorded state. It reads no file if every recorded stat is trusted and
// unchanged. A non-nil updated is the same state with newer stats, which save
// the next check some reads.
func (t *Taker) Check(fp *Fingerprint) (match bool, updated *Fingerprint) {
	if fp.Err != "" {
		return false, nil
	}
	t = t.in(&fp.Dep)
	if t.untouched(fp) {
		return true, nil
	}
	now, match := t.retake(fp)
	if !match || !now.improves(fp) {
		return match, nil
	}
	return true, &now
}

// retake takes the state of a recorded fingerprint again and reports whether it
// is unchanged. It reads only files whose recorded stats have changed or are
// not trusted.
func (t *Taker) retake(fp *Fingerprint) (now Fingerprint, match bool) {
	t.learn(fp)
	// A large program is identified by its stat. If that was too young, compare
	// the content.
	olds := fp.programs()
	isRacy := func(e *Entry) bool { return e.Racy }
	now = t.take(fp.Dep, slices.ContainsFunc(olds, isRacy))
	match = fp.Err == "" && now.Err == "" && now.Digest == fp.Digest
	if !match {
		return now, false
	}
	for i, e := range now.programs() {
		if i < len(olds) && olds[i].Racy && olds[i].Digest != e.Digest {
			return now, false
		}
	}
	return now, true
}

// learn adds the digests of a recorded fingerprint with trusted stats to known.
func (t *Taker) learn(fp *Fingerprint) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = make(map[Stat]Digest, len(fp.Entries))
	}
	for i := range fp.Entries {
		e := &fp.Entries[i]
		if st, ok := e.file(); ok && !e.Racy && !e.Digest.IsZero() {
			t.known[st] = e.Digest
		}
	}
}

// untouched reports whether all recorded stats are trusted and unchanged.
func (t *Taker) untouched(fp *Fingerprint) bool {
	for i := range fp.Entries {
		if fp.Entries[i].Racy {
			return false
		}
	}
	switch fp.Dep.Kind {
	case KindProgram:
		return t.sameProgram(fp)
	case KindPath, KindGlob:
	default:
		return false
	}
	if len(fp.Entries) == 0 || fp.Entries[0].Path != "" {
		return false
	}
	base, err := t.base(fp.Dep)
	if err != nil {
		return false
	}
	at := unixNano(t.World.Now())
	for i := range fp.Entries {
		if !t.sameEntry(&fp.Entries[i], joinEntry(base, fp.Entries[i].Path), at) {
			return false
		}
	}
	return true
}

// Stayed reports whether, by the stats of its files, a dependency has been in
// the state of fp ever since fp was taken. Check only reports whether it is in
// that state again: a command may have read another state in between. Stayed
// ignores the stats of directories, because unrelated files may come and go in
// the base directory of a glob.
func (t *Taker) Stayed(fp *Fingerprint) bool {
	t = t.in(&fp.Dep)
	if fp.Err == "" && t.untouched(fp) {
		return true
	}
	_, match := t.retake(fp)
	return match && t.touched(fp) == nil
}

// Renew returns a recorded fingerprint with the current stats of its files if
// the dependency is in the recorded state, else unchanged.
func (t *Taker) Renew(fp *Fingerprint) Fingerprint {
	t = t.in(&fp.Dep)
	if fp.Err == "" && t.untouched(fp) {
		return *fp
	}
	if now, match := t.retake(fp); match {
		return now
	}
	return *fp
}

// touched returns an entry whose file, or the symlink itself, has another stat
// than in fp, or nil.
func (t *Taker) touched(fp *Fingerprint) *Entry {
	base, err := t.base(fp.Dep)
	at := unixNano(t.World.Now())
	for i := range fp.Entries {
		e := &fp.Entries[i]
		if _, isFile := e.file(); e.Walked || !isFile && e.Type != TypeSymlink {
			continue
		}
		seen := *e
		if _, isDir := e.dir(); isDir {
			seen.Type = TypeFile // the symlink by itself
		}
		path := t.pathOf(fp, base, e)
		if t.World.fsKind(path, e.Stat) == fsPseudo {
			continue // stats are meaningless there; some change at every look
		}
		if err != nil || !t.sameEntry(&seen, path, at) {
			return e
		}
	}
	return nil
}

// pathOf returns the path of an entry of a fingerprint whose dependency has the
// given base.
func (t *Taker) pathOf(fp *Fingerprint, base string, e *Entry) string {
	if fp.Dep.Kind == KindProgram {
		return resolve(t.Dir, e.Path)
	}
	return joinEntry(base, e.Path)
}

// sameEntry reports whether path still has an entry's recorded stats.
func (t *Taker) sameEntry(e *Entry, path string, at int64) bool {
	st, _, err := t.World.look(path, false, at)
	if e.Type == TypeAbsent {
		return err != nil && isAbsent(err)
	}
	if err != nil || st != e.Stat {
		return false
	}
	if e.Type != TypeSymlink {
		return true
	}
	st, _, err = t.World.look(path, true, at)
	if e.Target == nil {
		return e.TargetType == TypeAbsent && err != nil && isAbsent(err)
	}
	return err == nil && st == *e.Target
}

// improves reports whether fp, which has the same state as old, has trusted
// stats that old lacks.
func (fp *Fingerprint) improves(old *Fingerprint) bool {
	if len(fp.Entries) != len(old.Entries) {
		return true
	}
	for i := range fp.Entries {
		e, o := &fp.Entries[i], &old.Entries[i]
		if e.Racy {
			continue
		}
		sameTarget := e.Target == o.Target || e.Target != nil && o.Target != nil && *e.Target == *o.Target
		if o.Racy || e.Path != o.Path || e.Type != o.Type || e.Stat != o.Stat || !sameTarget {
			return true
		}
	}
	return false
}

// file returns the stat of an entry's regular file, or of its symlink's target.
func (e *Entry) file() (Stat, bool) {
	switch {
	case e.Type == TypeFile:
		return e.Stat, true
	case e.Type == TypeSymlink && e.TargetType == TypeFile && e.Target != nil:
		return *e.Target, true
	}
	return Stat{}, false
}

// dir returns the stat of an entry's directory, or of its symlink's target.
func (e *Entry) dir() (Stat, bool) {
	switch {
	case e.Type == TypeDir:
		return e.Stat, true
	case e.Type == TypeSymlink && e.TargetType == TypeDir && e.Target != nil:
		return *e.Target, true
	}
	return Stat{}, false
}

// Before reports whether, by their stats, all entries of a fingerprint last
// changed before a time, by more than the racy margin. For an absent entry it
// considers the nearest existing parent.
func (t *Taker) Before(fp *Fingerprint, at time.Time) bool {
	t = t.in(&fp.Dep)
	base, err := t.base(fp.Dep)
	if err != nil || fp.Err != "" || len(fp.Entries) == 0 {
		return false
	}
	for i := range fp.Entries {
		e := &fp.Entries[i]
		path := t.pathOf(fp, base, e)
		st := e.Stat
		if e.Type == TypeAbsent {
			if path, st, err = t.World.above(path); err != nil {
				return false
			}
		}
		if !t.World.Trusted(path, st, at) || e.Target != nil && !t.World.Trusted(path, *e.Target, at) {
			return false
		}
	}
	return true
}

// above returns the nearest existing parent of a path.
func (w *World) above(path string) (dir string, st Stat, err error) {
	for {
		dir = filepath.Dir(path)
		st, err = w.Stat(dir)
		if err == nil || !isAbsent(err) || dir == path {
			return dir, st, err
		}
		path = dir
	}
}
