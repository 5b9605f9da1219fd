package memo

import (
	"io"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A Command says what to run and what its result depends on.
type Command struct {
	// Argv is the program and its arguments. With Shell, the first word is a
	// script for `sh -c`, and the other words are $0, $1 and so on.
	Argv  []string
	Shell bool
	// Template, if HasTemplate, replaces Argv in the command key.
	Template    string
	HasTemplate bool

	// Scope is the namespace of the result.
	Scope string
	// AnyDir leaves the working directory out of the command key.
	AnyDir bool
	// Env names the variables that belong to the command key; globs allowed.
	Env []string
	// Deps are dependency patterns in the syntax of
	// [fingerprint.ParseDependencies]. Relative patterns are resolved against
	// the working directory.
	Deps []string
	// Doubtful are the Deps from sources that the user does not trust. If they
	// cause too much work together, the command runs without the cache.
	Doubtful []Doubt
	// Outputs are patterns of files that the command writes, in the syntax of
	// Deps. They are kept with a good result and put back when it is replayed.
	Outputs []string
	// VersionCmd is a shell command whose output is a dependency.
	VersionCmd string
	// NoProgram leaves the program itself out of the dependencies.
	NoProgram bool
	// Tags are names by which the result can be invalidated.
	Tags []string
	// Stdin is read to its end, belongs to the command key, and is passed to
	// the command. If it is nil, the command reads the null device.
	Stdin io.Reader
}

// HasDeps reports whether the command declares dependencies or a version
// command, either of which can end its results.
func (c *Command) HasDeps() bool { return len(c.Deps) > 0 || c.VersionCmd != "" }

// exec returns the words to execute.
func (c *Command) exec() []string {
	if !c.Shell {
		return c.Argv
	}
	return append([]string{"/bin/sh", "-c"}, c.Argv...)
}

// identity returns the fields of the command key, except the standard input.
// deps are the declared dependencies.
func (c *Command) identity(w *fingerprint.World, keyEnv []string, deps []fingerprint.Dependency) fingerprint.Identity {
	id := fingerprint.Identity{
		Scope:       c.Scope,
		Argv:        c.Argv,
		Template:    c.Template,
		HasTemplate: c.HasTemplate,
		Dir:         w.Dir,
		AnyDir:      c.AnyDir,
		Patterns:    sortedUnique(c.Env),
		Env:         fingerprint.Environment(w, c.Env, keyEnv),
		Deps:        declared(deps),
		VersionCmd:  c.VersionCmd,
		Shell:       c.Shell,
		NoProgram:   c.NoProgram,
	}
	id.Euid, id.Egid = effectiveIDs()
	if c.AnyDir {
		id.Dir = ""
	} else {
		id.DirName = w.DirName()
	}
	return id
}

// declared returns the patterns of dependencies in canonical form: `dir`,
// `./dir` and `dir/` are the same.
func declared(deps []fingerprint.Dependency) []string {
	var patterns []string
	for _, dep := range deps {
		patterns = append(patterns, dep.Arg())
		for _, exclude := range dep.Excludes {
			patterns = append(patterns, "!"+exclude)
		}
	}
	return sortedUnique(patterns)
}
