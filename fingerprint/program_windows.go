package fingerprint

import (
	"path/filepath"
	"slices"
	"strings"
)

// defaultPathExt is what cmd.exe assumes if PATHEXT is not set.
const defaultPathExt = ".com;.exe;.bat;.cmd"

// searchPath returns the entries of PATH without the empty ones.
func searchPath(w *World) []string {
	path, _ := w.LookupEnv("PATH")
	return slices.DeleteFunc(filepath.SplitList(path), func(s string) bool { return s == "" })
}

// hasDirectory reports whether a program's name is not looked for in PATH.
func hasDirectory(name string) bool { return strings.ContainsAny(name, `:\/`) }

// programNames returns the files that a program's name can mean: itself if it
// ends in an extension of PATHEXT, else itself with each of them.
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

// interpreter returns nothing: Windows knows no interpreters of programs.
func interpreter([]byte) (name string, args []string, ok bool) { return "", nil, false }

// throughEnv returns nothing.
func (*launch) throughEnv(string, []string) (name string, ok bool) { return "", false }
