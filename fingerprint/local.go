package fingerprint

// Local reports whether a path, seen with st, lies on a file system whose
// stats tell at once what another process has done to it, unlike network, FUSE
// and pseudo file systems.
func (w *World) Local(path string, st Stat) bool { return w.fsKind(w.resolve(path), st) == fsLocal }
