package output

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Files are the declared output files of one command.
type Files struct {
	store *store.Store
	world *fingerprint.World
	taker *fingerprint.Taker
	deps  []fingerprint.Dependency // the patterns
	root  string                   // the directory of the project
}

// Patterns returns the canonical form of output patterns, which have the syntax
// of [fingerprint.ParseDependencies]. The error is one of syntax.
func Patterns(args []string) (patterns []string, err error) {
	deps, err := parse(args)
	for i := range deps {
		patterns = append(patterns, deps[i].Arg())
		for _, exclude := range deps[i].Excludes {
			patterns = append(patterns, "!"+exclude)
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns), err
}

func parse(args []string) ([]fingerprint.Dependency, error) {
	for _, arg := range args {
		if _, counts := fingerprint.CutCounts(arg); counts != 0 {
			return nil, fmt.Errorf("output %q: permissions are always kept and times never; leave %s away", arg, counts)
		}
	}
	deps, err := fingerprint.ParseDependencies(args)
	if err != nil {
		return nil, fmt.Errorf("output: %w", err)
	}
	return deps, nil
}

// New returns the files that the patterns declare, relative to the working
// directory of world. It returns nil if there are no patterns. The error says
// that a pattern leads out of the project.
func New(s *store.Store, world *fingerprint.World, args []string) (*Files, error) {
	deps, err := parse(args)
	if err != nil || len(deps) == 0 {
		return nil, err
	}
	f := &Files{
		store: s,
		world: world,
		taker: &fingerprint.Taker{World: world, Dir: world.Dir, Store: s.IDs()},
		deps:  deps,
		root:  world.Project(),
	}
	for i := range deps {
		if base := deps[i].Shown(""); !f.isInside(base) {
			return nil, fmt.Errorf("output %q: is not below the project %q; only files of the project can be put back", deps[i].Arg(), f.root)
		}
	}
	return f, nil
}

// isInside reports whether a path lies below the project, as far as its text
// says.
func (f *Files) isInside(path string) bool {
	rel, err := filepath.Rel(f.root, f.world.Abs(path))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Overlap returns a path that is both an output and a part of a dependency, or
// "". prints are the present states of the dependencies.
func (f *Files) Overlap(prints []fingerprint.Fingerprint) string {
	if f == nil {
		return ""
	}
	for i := range f.deps {
		out := &f.deps[i]
		paths := []string{out.Shown("")}
		if out.Kind == fingerprint.KindGlob {
			paths = nil
			now := f.taker.Take(*out)
			for j := range now.Entries {
				if e := &now.Entries[j]; !e.Walked && e.Type != fingerprint.TypeAbsent {
					paths = append(paths, out.Shown(e.Path))
				}
			}
		}
		for _, path := range paths {
			for j := range prints {
				kind := prints[j].Dep.Kind
				isFile := kind == fingerprint.KindPath || kind == fingerprint.KindGlob
				if isFile && fingerprint.Covers(escapeGlob(f.world.Abs(path)), &prints[j], f.world.Dir) {
					return path
				}
			}
		}
	}
	return ""
}

// escapeGlob makes a path one that a selector takes literally.
func escapeGlob(path string) string {
	dep := fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: path}
	return dep.Arg()
}
