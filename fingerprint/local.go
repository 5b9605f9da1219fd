package fingerprint

// Local reports whether a path with stat st lies on a file system whose stats
// reflect the changes of other processes at once. Network, FUSE and pseudo file
// systems don't.
func (w *World) Local(path string, st Stat) bool { return w.fsKind(w.resolve(path), st) == fsLocal }

// Pseudo reports whether a path lies on a pseudo file system, whose content the
// kernel generates and which stores no files.
func Pseudo(path string) bool {
	kind, err := statfs(path)
	return err == nil && kind == fsPseudo
}
