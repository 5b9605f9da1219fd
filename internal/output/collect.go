package output

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A Collection is what a run left.
type Collection struct {
	Outputs []store.Output // sorted by path
	Stats   []fingerprint.Stat
	// Added is by how many bytes the store grew.
	Added int64
}

// Collect finds the output files after a run and stores their contents. The
// error names the file that can't be kept.
func (f *Files) Collect() (*Collection, error) {
	c := &Collection{}
	if f == nil {
		return c, nil
	}
	found := map[string]found{}
	for _, dep := range f.deps {
		if err := f.find(dep, found); err != nil {
			return nil, err
		}
	}
	for path, item := range found {
		if o := item.output; o.Type == fingerprint.TypeFile {
			added, err := f.store.PutBlob(f.world.Abs(path), o.Digest)
			if err != nil {
				return nil, err
			}
			c.Added += added
		}
	}
	for _, path := range sortedPaths(found) {
		c.Outputs = append(c.Outputs, found[path].output)
		c.Stats = append(c.Stats, found[path].stat)
	}
	return c, nil
}

// A found is a file that a pattern matches.
type found struct {
	output store.Output
	stat   fingerprint.Stat
}

func sortedPaths(list map[string]found) []string {
	paths := make([]string, 0, len(list))
	for path := range list {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// find adds the files that a pattern matches to list. What lies behind a symlink
// is not the output of this command: the symlink is.
func (f *Files) find(dep fingerprint.Dependency, list map[string]found) error {
	if err := f.staysInside(&dep); err != nil {
		return err
	}
	now := f.taker.Take(dep)
	if now.Err != "" {
		return fmt.Errorf("output %q: %s", dep.Arg(), now.Err)
	}
	links := map[string]bool{}
	for i := range now.Entries {
		e := &now.Entries[i]
		name := f.relative(dep.Shown(e.Path))
		isBase := dep.Kind == fingerprint.KindGlob && e.Path == ""
		if e.Type == fingerprint.TypeSymlink && !isBase {
			links[name] = true
		}
		switch {
		case e.Walked, isBase && e.Type != fingerprint.TypeDir, behind(name, links), strings.HasPrefix(path.Base(name), tempPrefix):
			continue
		}
		item := found{output: store.Output{Path: name, Type: e.Type}, stat: e.Stat}
		switch e.Type {
		case fingerprint.TypeAbsent:
		case fingerprint.TypeFile:
			item.output.Mode, item.output.Size, item.output.Digest = e.Stat.Perm(), e.Stat.Size, e.Digest
		case fingerprint.TypeDir:
			item.output.Mode = e.Stat.Perm()
		case fingerprint.TypeSymlink:
			item.output.Link = e.Link
		default:
			return fmt.Errorf("output %q: is a %v; only files, symlinks and directories can be kept", name, e.Type)
		}
		list[name] = item
	}
	return nil
}

// staysInside returns an error if a symlink leads from the place of a pattern
// out of the project.
func (f *Files) staysInside(dep *fingerprint.Dependency) error {
	base := f.world.Abs(dep.Shown(""))
	if dep.Kind != fingerprint.KindGlob {
		base = filepath.Dir(base)
	}
	real, err := filepath.EvalSymlinks(base)
	if err != nil {
		return nil // there is nothing
	}
	root, err := filepath.EvalSymlinks(f.root)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
		return fmt.Errorf("output %q: a symlink leads out of the project, to %q", dep.Arg(), real)
	}
	return nil
}

// relative returns a path relative to the working directory, with slashes.
func (f *Files) relative(name string) string {
	if filepath.IsAbs(name) {
		if rel, err := filepath.Rel(f.world.Dir, name); err == nil {
			name = rel
		}
	}
	return filepath.ToSlash(name)
}

// behind reports whether a path leads through one of the symlinks.
func behind(name string, links map[string]bool) bool {
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if links[dir] {
			return true
		}
	}
	return false
}
