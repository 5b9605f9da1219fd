package fingerprint

import (
	"path/filepath"
	"slices"
	"strings"
)

// Places are the directories to watch for a change of a dependency's state.
type Places struct {
	// Dirs are the parents of the entries (the nearest existing one if the
	// entry is absent), and the directories between them and the working
	// directory.
	Dirs []string
	// Targets are the targets of symlinks among the entries. Events there have
	// other names than the dependency.
	Targets []string
}

// Places returns the places to watch for a change of a fingerprint that has
// just been taken.
func (t *Taker) Places(fp *Fingerprint) Places {
	t = t.in(&fp.Dep)
	base, err := t.base(fp.Dep)
	if err != nil {
		return Places{}
	}
	dirs := map[string]bool{}
	var p Places
	for i := range fp.Entries {
		e := &fp.Entries[i]
		path := filepath.Clean(t.pathOf(fp, base, e))
		if _, isDir := e.dir(); isDir {
			dirs[path] = true
		}
		parent, _, err := t.World.above(path)
		if err != nil {
			continue
		}
		for ; !dirs[parent]; parent = filepath.Dir(parent) {
			dirs[parent] = true
			if parent == t.Dir || !above(filepath.ToSlash(t.Dir), filepath.ToSlash(parent)) {
				break
			}
		}
		if e.Type != TypeSymlink {
			continue
		}
		if target, err := filepath.EvalSymlinks(path); err == nil {
			p.Targets = append(p.Targets, target)
			dirs[filepath.Dir(target)] = true
			if e.TargetType == TypeDir {
				dirs[target] = true
			}
		}
	}
	for dir := range dirs {
		p.Dirs = append(p.Dirs, dir)
	}
	slices.Sort(p.Dirs)
	return p
}

// Concerns reports whether an event at an absolute path may have changed the
// state of a fingerprint taken in dir.
func (p *Places) Concerns(path string, fp *Fingerprint, dir string) bool {
	if touches(path, fp, dir) {
		return true
	}
	return slices.ContainsFunc(p.Targets, func(target string) bool {
		return target == path || strings.HasPrefix(path, target+string(filepath.Separator)) ||
			strings.HasPrefix(target, path+string(filepath.Separator))
	})
}
