package fingerprint

// Local reports whether a path, seen with st, lies on a file system whose
// stats tell at once what another process has done to it, unlike network, FUSE
// and pseudo file systems.
func (w *World) Local(path string, st Stat) bool { return w.fsKind(w.resolve(path), st) == fsLocal }

// Pseudo reports whether a path lies on a file system whose content the kernel
// makes up, where nothing can be kept.
func Pseudo(path string) bool {
	kind, err := statfs(path)
	return err == nil && kind == fsPseudo
}
