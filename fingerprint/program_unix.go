//go:build unix

package fingerprint

import "strings"

// defaultPath is where execvp(3) looks when PATH is not set: confstr(_CS_PATH)
// of glibc.
const defaultPath = "/bin:/usr/bin"

// searchPath returns the entries of PATH. An empty PATH is one empty entry.
func searchPath(w *World) []string {
	path, ok := w.LookupEnv("PATH")
	if !ok {
		path = defaultPath
	}
	return strings.Split(path, ":")
}

// hasDirectory reports whether a program's name is not looked for in PATH.
func hasDirectory(name string) bool { return strings.Contains(name, "/") }

// programNames returns the files that a program's name can mean.
func programNames(_ *World, name string) []string { return []string{name} }
