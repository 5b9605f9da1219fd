//go:build unix

package fingerprint

import "strings"

// defaultPath is the search path of execvp(3) if PATH is not set:
// confstr(_CS_PATH) of glibc.
const defaultPath = "/bin:/usr/bin"

// searchPath returns the entries of PATH. An empty PATH is one empty entry.
func searchPath(w *World) []string {
	path, ok := w.LookupEnv("PATH")
	if !ok {
		path = defaultPath
	}
	return strings.Split(path, ":")
}

// hasDirectory reports whether a name is a path, so that PATH is not searched.
func hasDirectory(name string) bool { return strings.Contains(name, "/") }

// programNames returns the possible file names of a program.
func programNames(_ *World, name string) []string { return []string{name} }
