package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// projectName is the name of a project's configuration file.
const projectName = ".memo.yaml"

// maxProject bounds a project's configuration file, in bytes: it is read before
// the user has seen it.
const maxProject = 256 << 10

// A file is a configuration file.
type file struct {
	path    string // absolute
	content []byte
	top     layer
	scopes  []scope
	rules   []rule
}

// A scope is what a file says about one namespace.
type scope struct {
	name   string
	line   int
	values layer
}

// layers returns what the file says about a command in a scope, the weakest
// first. A nil file says nothing.
func (f *file) layers(argv []string, name string) []layer {
	if f == nil {
		return nil
	}
	layers := []layer{f.top}
	for _, s := range f.scopes {
		if s.name == name {
			layers = append(layers, slices.DeleteFunc(slices.Clone(s.values), isBound))
		}
	}
	for _, r := range f.rules {
		if matchWords(r.words, argv) {
			layers = append(layers, r.values)
		}
	}
	return layers
}

// userPath returns the path of the user's configuration file, which need not
// be there unless it was named explicitly. It is empty if there is no place
// for it.
func userPath(app *app) (path string, explicit bool) {
	named := app.configFile
	if named == "" {
		named, _ = app.world.LookupEnv("MEMO_CONFIG")
	}
	if named != "" {
		if path, err := app.atHome(named); err == nil { // else there is nothing of that name
			named = path
		}
		return app.world.Abs(named), true
	}
	// The specification of XDG has relative paths ignored.
	if dir, _ := app.world.LookupEnv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "memo", "config.yaml"), false
	}
	home, err := app.home()
	if err != nil {
		return "", false
	}
	return filepath.Join(home, ".config", "memo", "config.yaml"), false
}

// userFile reads the user's configuration file; nil if there is none.
func userFile(all []setting, app *app) (*file, error) {
	path, explicit := userPath(app)
	if path == "" {
		return nil, nil
	}
	content, err := app.world.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !explicit:
		return nil, nil
	case err != nil:
		return nil, &ConfigError{Source: path, Err: readError(path, err)}
	}
	f, err := parseFile(all, "user file", path, content)
	if err != nil {
		return nil, err
	}
	for _, v := range f.values() {
		for i := range v.items {
			if err := resolveUser(app, v.setting, &v.items[i]); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// projectFile reads the nearest project file at or above the working
// directory; nil if there is none.
func projectFile(all []setting, w *fingerprint.World) (*file, error) {
	path, content, err := findProject(w)
	if err != nil || path == "" {
		return nil, err
	}
	f, err := parseFile(all, "project file", path, content)
	if err != nil {
		return nil, err
	}
	for _, v := range f.values() {
		for i := range v.items {
			resolveProject(filepath.Dir(path), v.setting, &v.items[i])
		}
	}
	return f, nil
}

// findProject returns the nearest project file; an empty path if there is none.
func findProject(w *fingerprint.World) (path string, content []byte, err error) {
	if w.Dir == "" {
		return "", nil, nil
	}
	for dir := w.Dir; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, projectName)
		content, err := w.ReadBeneath(dir, projectName, maxProject)
		switch {
		case err == nil:
			return path, content, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", nil, &ConfigError{Source: path, Err: readError(path, err)}
		case filepath.Dir(dir) == dir:
			return "", nil, nil
		}
	}
}

// readError returns why a file could not be read, without its name.
func readError(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if why, ok := strings.CutPrefix(err.Error(), fmt.Sprintf("read %q: ", path)); ok {
		return errors.New(why)
	}
	return err
}

// values returns all values of the file, wherever they stand.
func (f *file) values() []value {
	all := append([]value(nil), f.top...)
	for _, s := range f.scopes {
		all = append(all, s.values...)
	}
	for _, r := range f.rules {
		all = append(all, r.values...)
	}
	return all
}

// resolveUser expands a leading ~ of a path in the user's file. A cache
// directory must be absolute then: the file is not about any one directory.
func resolveUser(app *app, set *setting, it *item) error {
	if err := expandHome(app, set, it); err != nil {
		return &ConfigError{Source: it.origin, Err: err}
	}
	if set.key == "cache_dir" && !filepath.IsAbs(it.text) {
		return &ConfigError{Source: it.origin, Err: fmt.Errorf("cache_dir %q: write an absolute path or one that begins with ~/", it.text)}
	}
	return nil
}

// expandHome expands a leading "~/" of a path; "./~/" is a directory of that
// name. A shell does so only at the beginning of a word, which the value in
// --dep=~/x is not.
func expandHome(app *app, set *setting, it *item) (err error) {
	path := it.text
	switch {
	case set.key == "cache_dir", set.key == "report":
		path, err = app.atHome(path)
	case set.kind == depKind:
		pattern, excluded := strings.CutPrefix(path, "!")
		rest, ok := strings.CutPrefix(pattern, "~/")
		if !ok {
			return nil
		}
		var home string
		if home, err = app.home(); err == nil {
			path = absoluteDep(home, rest)
		}
		if excluded {
			path = "!" + path
		}
	}
	if err == nil && path != it.text {
		it.text, it.typed = path, path
	}
	return err
}

// resolveProject makes a path in a project file absolute, from the file's
// directory.
func resolveProject(dir string, set *setting, it *item) {
	switch {
	case set.key == "dep":
		it.text = absoluteDep(dir, it.text)
	case set.key == "cache_dir" && !filepath.IsAbs(it.text):
		it.text = filepath.Join(dir, it.text)
	default:
		return
	}
	it.typed = it.text
}

// absoluteDep returns a dependency pattern as one that does not depend on the
// working directory.
func absoluteDep(dir, pattern string) string {
	rest, excluded := strings.CutPrefix(pattern, "!")
	if filepath.IsAbs(rest) {
		return pattern
	}
	base := escapeGlob(dir)
	if !strings.HasSuffix(base, "/") {
		base += "/"
	}
	if excluded {
		base = "!" + base
	}
	return base + rest
}

// escapeGlob returns the pattern that only matches path.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return filepath.ToSlash(path) // a backslash separates there
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`).Replace(path)
}
