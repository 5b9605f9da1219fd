package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// ProjectName is the name of a project's configuration file.
const ProjectName = ".memo.yaml"

// MaxProject bounds a project file, in bytes. memo reads the file before the
// user has seen it.
const MaxProject = 256 << 10

// A file is a configuration file.
type file struct {
	path    string // absolute
	content []byte
	top     layer
	scopes  []scope
	rules   []rule
}

// A scope holds the settings of one namespace in a file.
type scope struct {
	name   string
	line   int
	values layer
}

// layers returns the layers of the file that apply to a command in a scope, in
// ascending order of precedence. A nil file has none.
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

// UserPath returns the path of the user file. The file must exist only if the
// path is explicit. The path is empty if there is no home directory.
func (src *Sources) UserPath() (path string, explicit bool) {
	named := src.UserFile
	if named == "" {
		named, _ = src.World.LookupEnv("MEMO_CONFIG")
	}
	if named != "" {
		if path, err := AtHome(src.World, named); err == nil { // without a home, named does not exist
			named = path
		}
		return src.World.Abs(named), true
	}
	// The XDG specification says to ignore relative paths.
	if dir, _ := src.World.LookupEnv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "memo", "config.yaml"), false
	}
	home, err := Home(src.World)
	if err != nil {
		return "", false
	}
	return filepath.Join(home, ".config", "memo", "config.yaml"), false
}

// userFile reads the user file. It returns nil if there is none.
func (src *Sources) userFile() (*file, error) {
	path, explicit := src.UserPath()
	if path == "" {
		return nil, nil
	}
	content, err := src.World.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !explicit:
		return nil, nil
	case err != nil:
		return nil, &SourceError{Source: path, Err: ReadError(path, err)}
	}
	f, err := parseFile(src.Table, "user file", path, content)
	if err != nil {
		return nil, err
	}
	for _, v := range f.values() {
		for i := range v.items {
			if err := resolveUser(src, v.setting, &v.items[i]); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// projectFile reads the nearest project file at or above the working directory.
// It returns nil if there is none.
func (src *Sources) projectFile() (*file, error) {
	path, content, err := FindProject(src.World)
	if err != nil || path == "" {
		return nil, err
	}
	f, err := parseFile(src.Table, "project file", path, content)
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

// FindProject returns the nearest project file at or above the working
// directory. The path is empty if there is none.
func FindProject(w *fingerprint.World) (path string, content []byte, err error) {
	if w.Dir == "" {
		return "", nil, nil
	}
	for dir := w.Dir; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, ProjectName)
		content, err := w.ReadBeneath(dir, ProjectName, MaxProject)
		switch {
		case err == nil:
			return path, content, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", nil, &SourceError{Source: path, Err: ReadError(path, err)}
		case filepath.Dir(dir) == dir:
			return "", nil, nil
		}
	}
}

// ReadError returns why a file could not be read, without its name.
func ReadError(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if why, ok := strings.CutPrefix(err.Error(), fmt.Sprintf("read %q: ", path)); ok {
		return errors.New(why)
	}
	return err
}

// values returns all values of the file, including those of scopes and rules.
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

// resolveUser expands a leading ~ of a path in the user file. A cache directory
// must then be absolute, because the file applies to all working directories.
func resolveUser(src *Sources, set *Setting, it *item) error {
	if err := expandHome(src, set, it); err != nil {
		return &SourceError{Source: it.origin, Err: err}
	}
	if set.Name == "cache_dir" && !filepath.IsAbs(it.text) {
		return &SourceError{Source: it.origin, Err: fmt.Errorf("cache_dir %q: write an absolute path or one that begins with ~/", it.text)}
	}
	return nil
}

// expandHome expands a leading "~/" of a path; "./~/" names a directory "~". It
// applies to flags too, because a shell does not expand the "~" in --dep=~/x.
func expandHome(src *Sources, set *Setting, it *item) (err error) {
	path := it.text
	switch {
	case set.Name == "cache_dir", set.Name == "report":
		path, err = AtHome(src.World, path)
	case set.Kind == DepKind:
		pattern, excluded := strings.CutPrefix(path, "!")
		rest, ok := strings.CutPrefix(pattern, "~/")
		if !ok {
			return nil
		}
		var home string
		if home, err = Home(src.World); err == nil {
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

// resolveProject resolves a path in a project file against the file's
// directory.
func resolveProject(dir string, set *Setting, it *item) {
	switch {
	case set.Name == "dep":
		it.text = absoluteDep(dir, it.text)
	case set.Name == "cache_dir" && !filepath.IsAbs(it.text):
		it.text = filepath.Join(dir, it.text)
	default:
		return
	}
	it.typed = it.text
}

// absoluteDep returns a dependency pattern resolved against dir.
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

// escapeGlob returns a pattern that matches only path.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return filepath.ToSlash(path) // a backslash is a separator and can't escape
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`).Replace(path)
}
