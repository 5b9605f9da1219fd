package memo

import (
	"io"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A Command is what to run and what its result depends on.
type Command struct {
	// Argv is the program and its arguments. With Shell its first word is a
	// script for `sh -c` and the others are $0, $1 and so on.
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
	// Deps are dependency patterns as [fingerprint.ParseDependencies] takes
	// them. Relative ones are resolved against the working directory.
	Deps []string
	// Doubtful are those of Deps that a source declares which the user does not
	// trust. There is a bound for the work that they cause together, beyond which
	// the command is run without the cache.
	Doubtful []Doubt
	// VersionCmd is a shell command whose output is a dependency.
	VersionCmd string
	// NoProgram leaves the program itself out of the dependencies.
	NoProgram bool
	// Tags are names that the result can be invalidated by.
	Tags []string
	// Stdin, if it is not nil, is read to its end, belongs to the command key
	// and is fed to the command. A nil Stdin is the null device.
	Stdin io.Reader
}

// exec returns the words to execute.
func (c *Command) exec() []string {
	if !c.Shell {
		return c.Argv
	}
	return append([]string{"/bin/sh", "-c"}, c.Argv...)
}

// identity returns what makes the command key, without the standard input.
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

// declared returns the patterns of dependencies, in one way of writing them:
// `dir`, `./dir` and `dir/` are the same.
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
