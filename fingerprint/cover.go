package fingerprint

import (
	"path/filepath"
	"slices"
	"strings"
)

// Covers reports whether a selector, an absolute path or glob, covers the
// dependency of a fingerprint taken in dir. A path covers it if it is the path
// of the dependency or of an entry, is a parent of one, lies in the
// dependency's tree, or matches its glob. A glob covers it if it matches the
// path of the dependency or of an entry. A selector with wildcards is also
// taken literally: for the dependency or an entry of that name, and, if its
// only wildcards are brackets and braces, for a path in a tree.
func Covers(selector string, fp *Fingerprint, dir string) bool {
	s := filepath.ToSlash(selector)
	if s == "" || fp.Dep.Kind == KindVersion || fp.Dep.Kind == KindEnv {
		return false
	}
	if fp.Dep.Dir != "" {
		dir = fp.Dep.Dir
	}
	if len(s) > 1 {
		s = strings.TrimSuffix(s, "/")
	}
	glob := HasMeta(s) && validGlob(s) == nil
	paths := []string{cleanSlash(s)}
	if strings.Contains(s, `\`) {
		paths = append(paths, cleanSlash(unescape(s)))
	}
	base := fp.Dep.basePath(dir)
	for _, path := range paths {
		if coversRecorded(path, fp, base) || !strings.ContainsAny(s, "*?") && coversInside(path, fp, base, dir) {
			return true
		}
	}
	return glob && coversGlob(s, fp, base)
}

// touches reports whether an absolute path and the dependency of a fingerprint
// taken in dir cover one another. It takes the path literally.
func touches(path string, fp *Fingerprint, dir string) bool {
	if fp.Dep.Kind == KindVersion || fp.Dep.Kind == KindEnv {
		return false
	}
	if fp.Dep.Dir != "" {
		dir = fp.Dep.Dir
	}
	path, base := cleanSlash(path), fp.Dep.basePath(dir)
	return coversRecorded(path, fp, base) || coversInside(path, fp, base, dir)
}

// coversRecorded reports whether a clean path is the path of the dependency or
// of an entry, or a parent of one.
func coversRecorded(path string, fp *Fingerprint, base string) bool {
	if fp.Dep.Kind == KindProgram {
		for i := range fp.Entries {
			e := &fp.Entries[i]
			at := fp.entryPath(base, e)
			// A directory in PATH that the program is not in covers nothing.
			if at == path || !e.Walked && above(path, at) {
				return true
			}
		}
		return false
	}
	return above(path, base) || slices.ContainsFunc(fp.Entries, func(e Entry) bool {
		return above(path, fp.entryPath(base, &e))
	})
}

// coversInside reports whether a clean path lies in the dependency's tree or
// matches its glob, whether or not the path existed.
func coversInside(path string, fp *Fingerprint, base, dir string) bool {
	rel, inside := relativeTo(base, path)
	if !inside || fp.Dep.Kind == KindProgram {
		return false
	}
	excludes, err := newExcludes(dir, fp.Dep.Excludes)
	if err != nil || slices.ContainsFunc(excludes, func(x exclude) bool { return x.excludesAbove(path) }) {
		return false
	}
	if fp.Dep.Kind == KindGlob {
		_, rest := splitGlob(fp.Dep.Pattern)
		return validGlob(rest) == nil && newPattern(rest).matches(rel)
	}
	return true
}

// coversGlob reports whether a glob matches the path of the dependency or of an
// entry.
func coversGlob(glob string, fp *Fingerprint, base string) bool {
	p := newPattern(strings.TrimPrefix(glob, "/"))
	matches := func(path string) bool { return p.matches(strings.TrimPrefix(path, "/")) }
	if fp.Dep.Kind != KindProgram && matches(base) {
		return true
	}
	return slices.ContainsFunc(fp.Entries, func(e Entry) bool {
		return matches(fp.entryPath(base, &e))
	})
}

// basePath returns the clean, slash-separated path that the entries of a
// dependency are relative to.
func (d Dependency) basePath(dir string) string {
	switch d.Kind {
	case KindProgram:
		return cleanSlash(dir)
	case KindGlob:
		base, _ := splitGlob(d.Pattern)
		return cleanSlash(resolve(dir, base))
	}
	return cleanSlash(resolve(dir, d.Pattern))
}

// entryPath returns the clean, slash-separated path of an entry.
func (fp *Fingerprint) entryPath(base string, e *Entry) string {
	if fp.Dep.Kind == KindProgram {
		return cleanSlash(resolve(base, e.Path))
	}
	return cleanSlash(joinEntry(base, e.Path))
}

func cleanSlash(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

// above reports whether path is dir or lies below it.
func above(dir, path string) bool {
	_, ok := relativeTo(dir, path)
	return ok
}

// excludesAbove reports whether a path or a directory above it is excluded.
func (x exclude) excludesAbove(path string) bool {
	for above(x.base, path) {
		if x.excludes(path) {
			return true
		}
		parent := cleanSlash(filepath.Dir(filepath.FromSlash(path)))
		if parent == path {
			break
		}
		path = parent
	}
	return false
}
