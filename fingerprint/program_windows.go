package fingerprint

import (
	"path/filepath"
	"slices"
	"strings"
)

// defaultPathExt is the value that cmd.exe uses if PATHEXT is not set.
const defaultPathExt = ".com;.exe;.bat;.cmd"

// searchPath returns the entries of PATH without the empty ones.
func searchPath(w *World) []string {
	path, _ := w.LookupEnv("PATH")
	return slices.DeleteFunc(filepath.SplitList(path), func(s string) bool { return s == "" })
}

// hasDirectory reports whether a name is a path, so that PATH is not searched.
func hasDirectory(name string) bool { return strings.ContainsAny(name, `:\/`) }

// programNames returns the possible file names of a program: the name if it has
// an extension in PATHEXT, else the name with each of these extensions.
func programNames(w *World, name string) []string {
	exts, ok := w.LookupEnv("PATHEXT")
	if !ok || exts == "" {
		exts = defaultPathExt
	}
	var names []string
	for ext := range strings.SplitSeq(strings.ToLower(exts), ";") {
		if ext == "" {
			continue
		}
		if strings.HasSuffix(strings.ToLower(name), ext) {
			return []string{name}
		}
		names = append(names, name+ext)
	}
	return names
}

// interpreter returns nothing: programs on Windows have no interpreters.
func interpreter([]byte) (name string, args []string, ok bool) { return "", nil, false }

// throughEnv returns nothing.
func (*launch) throughEnv(string, []string) (name string, ok bool) { return "", false }
