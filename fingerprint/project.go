package fingerprint

import "path/filepath"

// projectMarks are the names that mark the top directory of a project.
func projectMarks() []string { return []string{".git", ".memo.yaml"} }

// Project returns the directory of the project that the working directory
// belongs to: the nearest one above it, or itself, with a .git or .memo.yaml;
// without one the working directory.
func (w *World) Project() string {
	for dir := w.Dir; ; dir = filepath.Dir(dir) {
		for _, mark := range projectMarks() {
			if _, err := w.Lstat(filepath.Join(dir, mark)); err == nil {
				return dir
			}
		}
		if dir == filepath.Dir(dir) {
			return w.Dir
		}
	}
}
