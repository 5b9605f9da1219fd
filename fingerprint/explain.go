package fingerprint

import (
	"cmp"
	"fmt"
	"path"
	"slices"
)

// Explain is [Taker.Check] for people: it returns the differences, sorted by
// path. There are changes if and only if match is false.
func (t *Taker) Explain(fp *Fingerprint) (match bool, changes []Change) {
	_, changes = t.Compare(fp)
	return len(changes) == 0, changes
}

// Compare is Explain with the present state.
func (t *Taker) Compare(fp *Fingerprint) (now Fingerprint, changes []Change) {
	t = t.in(&fp.Dep)
	if fp.Err == "" && t.untouched(fp) {
		return *fp, nil
	}
	now, match := t.retake(fp)
	if match {
		return now, nil
	}
	return now, fp.changes(&now)
}

// changes describes the differences from another state.
func (fp *Fingerprint) changes(now *Fingerprint) []Change {
	switch {
	case fp.Err != "":
		return []Change{{fp.Dep.Pattern, "could not be checked when the result was made: " + fp.Err}}
	case now.Err != "":
		return []Change{{fp.Dep.Pattern, "can't be checked: " + now.Err}}
	case fp.Dep.Kind == KindEnv:
		return []Change{{"$" + fp.Dep.Pattern, "has another value"}}
	case fp.Dep.Kind == KindVersion:
		return []Change{{fp.Dep.Pattern, "prints something else"}}
	case fp.Dep.Kind == KindProgram:
		return []Change{programChange(fp, now)}
	}
	return entryChanges(fp, now)
}

// ExplainStayed returns the changes of a dependency for which [Taker.Stayed] is
// false.
func (t *Taker) ExplainStayed(fp *Fingerprint) []Change {
	match, changes := t.Explain(fp)
	if !match {
		return changes
	}
	t = t.in(&fp.Dep)
	e := t.touched(fp)
	if e == nil {
		return nil // it has changed back
	}
	path := fp.Dep.Pattern
	if fp.Dep.Kind != KindProgram {
		path = fp.Dep.Shown(e.Path)
	}
	return []Change{{path, "was touched, though it is as before now"}}
}

// programChange describes the change of a program, or of the first of its
// interpreters that has changed.
func programChange(fp, now *Fingerprint) Change {
	pattern := fp.Dep.Pattern
	olds, news := fp.programs(), now.programs()
	for i := range min(len(olds), len(news)) {
		old, e := olds[i], news[i]
		shown := pattern
		if i > 0 {
			shown = old.Path
		}
		switch what := entryChange(old, e); {
		case old.Path != e.Path && i > 0:
			return Change{pattern, fmt.Sprintf("is interpreted by %s now (was %s)", e.Path, old.Path)}
		case old.Path != e.Path && e.Type == TypeAbsent:
			return Change{shown, fmt.Sprintf("is gone (was %s)", old.Path)}
		case old.Path != e.Path && old.Type == TypeAbsent:
			return Change{shown, fmt.Sprintf("is there now (%s)", e.Path)}
		case old.Path != e.Path:
			return Change{shown, fmt.Sprintf("is %s now (was %s)", e.Path, old.Path)}
		case what != "":
			return Change{shown, what}
		case e.Digest.IsZero() && statOfFile(e) != statOfFile(old):
			return Change{shown, "was replaced"}
		}
	}
	if len(olds) != len(news) {
		return Change{pattern, "has other interpreters"}
	}
	return Change{pattern, "was replaced"}
}

func statOfFile(e *Entry) Stat {
	st, _ := e.file()
	return st
}

// entryChanges returns the differences of two states of a path or glob.
func entryChanges(old, now *Fingerprint) []Change {
	was := make(map[string]*Entry, len(old.Entries))
	for i := range old.Entries {
		if e := &old.Entries[i]; !e.Walked {
			was[e.Path] = e
		}
	}
	var changes []Change
	add := func(rel, what string) {
		changes = append(changes, Change{old.Dep.Shown(rel), what})
	}
	for i := range now.Entries {
		e := &now.Entries[i]
		if e.Walked {
			continue
		}
		o, ok := was[e.Path]
		delete(was, e.Path)
		switch {
		case !ok && e.Type == TypeAbsent: // the base of a glob counts only if absent
			add(e.Path, "is gone")
		case !ok:
			add(e.Path, "is new")
		case entryChange(o, e) != "":
			add(e.Path, entryChange(o, e))
		case old.Dep.Counts.change(o, e) != "":
			add(e.Path, old.Dep.Counts.change(o, e))
		}
	}
	for rel, e := range was {
		if e.Type == TypeAbsent {
			add(rel, "is new")
		} else {
			add(rel, "is gone")
		}
	}
	if len(changes) == 0 {
		add("", "differs")
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.What, b.What))
	})
	return changes
}

// entryChange describes the change of an entry, "" if there is none.
func entryChange(old, now *Entry) string {
	switch {
	case old.Type == TypeAbsent && now.Type != TypeAbsent:
		return "is new"
	case old.Type != TypeAbsent && now.Type == TypeAbsent:
		return "is gone"
	case old.Type != now.Type:
		return fmt.Sprintf("became a %v", now.Type)
	case old.Link != now.Link:
		return fmt.Sprintf("links to %s now (was %s)", now.Link, old.Link)
	case old.TargetType != now.TargetType && now.TargetType == TypeAbsent:
		return "links to nothing now"
	case old.TargetType != now.TargetType:
		return fmt.Sprintf("links to a %v now (was %v)", now.TargetType, old.TargetType)
	case old.Digest != now.Digest:
		return "content differs"
	case !old.Exec && now.Exec:
		return "became executable"
	case old.Exec && !now.Exec:
		return "is no longer executable"
	}
	return ""
}

// Shown returns the path of an entry as the dependency was declared.
func (d Dependency) Shown(rel string) string {
	base := d.Pattern
	if d.Kind == KindGlob {
		base, _ = splitGlob(d.Pattern)
	}
	if rel == "" {
		return base
	}
	return path.Join(base, rel)
}
