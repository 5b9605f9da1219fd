package fingerprint

import (
	"math"
	"path/filepath"
	"time"
)

// How much older than the look at it a file must be so that no later write
// can leave the same stat behind (git's racy-clean rule, see
// Documentation/technical/racy-git.txt there).
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

// An fsKind says how far the stats of a file system are trusted.
type fsKind uint8

const (
	fsLocal  fsKind = iota + 1
	fsRemote        // network and FUSE file systems
	fsPseudo        // content that the kernel makes up: /proc, /sys
)

// Trusted reports whether a file that was seen at path with st at a given
// time, and has st again later, has the same content then. See the
// constants above for how old it must be. Stats from the future and of pseudo
// file systems are never trusted.
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

// fsKind returns the kind of the file system that path, seen with st, lies
// on. It asks once per device.
func (w *World) fsKind(path string, st Stat) fsKind {
	w.mu.Lock()
	kind, ok := w.fs[st.Dev]
	w.mu.Unlock()
	if ok {
		return kind
	}
	if st.Type() == TypeSymlink {
		path = filepath.Dir(path) // statfs would follow it
	}
	kind, err := statfs(path)
	if err != nil {
		return fsPseudo // for this look only
	}
	w.mu.Lock()
	w.fs[st.Dev] = kind
	w.mu.Unlock()
	return kind
}
