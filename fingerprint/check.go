package fingerprint

import (
	"path/filepath"
	"slices"
	"time"
)

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
