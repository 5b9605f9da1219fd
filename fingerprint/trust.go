package fingerprint

import (
	"math"
	"path/filepath"
	"time"
)

// The minimum age of a file at the time of its stat so that no later write can
// leave the same stat (git's racy-clean rule, see
// Documentation/technical/racy-git.txt in git).
const (
	// granularity covers the clock that stamps files: the kernel's tick is
	// up to 10 ms (CONFIG_HZ=100) behind, Windows' 15.6 ms.
	granularity = 20 * time.Millisecond
	// granularityCoarse is for file systems that keep no nanoseconds; FAT
	// keeps every other second.
	granularityCoarse = 2 * time.Second
	// granularityRemote is for file systems whose stamps come from another
	// clock or whose attributes are cached; NFS caches them for up to 60 s
	// (acregmax).
	granularityRemote = 60 * time.Second
)

// An fsKind says how far to trust the stats of a file system.
type fsKind uint8

const (
	fsLocal  fsKind = iota + 1
	fsRemote        // network and FUSE file systems
	fsPseudo        // content that the kernel generates: /proc, /sys
)

// Trusted reports whether a file at path that had stat st at time at, and has
// the same stat later, is certain to have the same content. The constants above
// say how old st must be. Stats from the future and of pseudo file systems are
// never trusted.
func (w *World) Trusted(path string, st Stat, at time.Time) bool {
	return trusted(w.fsKind(w.resolve(path), st), st, unixNano(at))
}

// trusted is the racy-clean rule.
func trusted(kind fsKind, st Stat, at int64) bool {
	margin := granularity
	switch {
	case kind == fsPseudo:
		return false
	case kind == fsRemote:
		margin = granularityRemote
	case st.Mtime%int64(time.Second) == 0 && st.Ctime%int64(time.Second) == 0:
		margin = granularityCoarse
	}
	if at < math.MinInt64+int64(margin) {
		return false
	}
	before := at - int64(margin)
	return st.Mtime < before && st.Ctime < before
}

// fsKind returns the kind of the file system of path, whose stat is st. It
// calls statfs once per device.
func (w *World) fsKind(path string, st Stat) fsKind {
	w.mu.Lock()
	kind, ok := w.fs[st.Dev]
	w.mu.Unlock()
	if ok {
		return kind
	}
	if st.Type() == TypeSymlink {
		path = filepath.Dir(path) // statfs would follow the symlink
	}
	kind, err := statfs(path)
	if err != nil {
		return fsPseudo // not cached
	}
	w.mu.Lock()
	w.fs[st.Dev] = kind
	w.mu.Unlock()
	return kind
}
