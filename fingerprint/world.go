package fingerprint

import (
	"cmp"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A World is the only interface through which decisions look at the machine. It
// records what they consult; see [World.Consulted]. It is safe for concurrent
// use.
type World struct {
	// Dir is the physical working directory, against which relative paths
	// resolve.
	Dir string

	env map[string]string
	now func() time.Time

	mu       sync.Mutex
	names    map[string]bool
	globs    map[string]bool
	paths    map[view]Consultation
	unstable bool
	fs       map[uint64]fsKind // by device
}

// A view is one way of looking at a path.
type view struct {
	path   string
	follow bool
}

// A Consultation is one consulted path and its state.
type Consultation struct {
	Path   string // absolute, not necessarily clean
	Follow bool   // Stat follows symlinks
	Absent bool
	Stat   Stat
	Access Access
	// Racy says that an equal stat later does not prove that nothing changed:
	// the stat was too young, or the path lies on a network, FUSE or pseudo
	// file system.
	Racy bool
}

// Access says what this process may do with a path. A stat does not show this:
// supplementary groups, capabilities and mount flags matter, too. Zero means
// that no decision asked.
type Access uint8

const (
	MayRead Access = 1 << iota
	MayExecute
	MayNotExecute
)

// Consulted lists everything outside of memo's store that a World was asked
// for.
type Consulted struct {
	Names []string // variables by name
	Globs []string // variables by glob
	Paths []Consultation
	// Unstable says that a path had two different states, or that an input
	// can't be checked cheaply. The decision must not be recorded then.
	Unstable bool
}

// NewWorld returns the World of an environment ("NAME=value", the last one
// wins) and a physical working directory.
func NewWorld(environ []string, dir string) *World {
	w := &World{
		Dir:   dir,
		env:   make(map[string]string, len(environ)),
		now:   clock,
		names: map[string]bool{},
		globs: map[string]bool{},
		paths: map[view]Consultation{},
		fs:    map[uint64]fsKind{},
	}
	for _, kv := range environ {
		for i := 1; i < len(kv); i++ { // on Windows a name may begin with "="
			if kv[i] == '=' {
				w.env[foldEnvName(kv[:i])] = kv[i+1:]
				break
			}
		}
	}
	return w
}

// lastMoment is the latest time that can be stored, in the year 2262.
var lastMoment = time.Unix(0, math.MaxInt64)

// Now returns the current time, but at most lastMoment.
func (w *World) Now() time.Time {
	if now := w.now(); now.Before(lastMoment) {
		return now
	}
	return lastMoment
}

// Abs resolves a path against the working directory.
func (w *World) Abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(w.Dir, path)
}

// NeverRecall sets Unstable: a decision used an input that a recall record
// can't check.
func (w *World) NeverRecall() {
	w.mu.Lock()
	w.unstable = true
	w.mu.Unlock()
}

// Consulted returns a sorted copy of the consultations so far.
func (w *World) Consulted() Consulted {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Consulted{
		Names: slices.Sorted(maps.Keys(w.names)),
		Globs: slices.Sorted(maps.Keys(w.globs)),
		Paths: slices.SortedFunc(maps.Values(w.paths), func(a, b Consultation) int {
			if c := cmp.Compare(a.Path, b.Path); c != 0 || a.Follow == b.Follow {
				return c
			}
			if a.Follow {
				return 1
			}
			return -1
		}),
		Unstable: w.unstable,
	}
}

// note records a consultation.
func (w *World) note(c Consultation) {
	v := view{c.Path, c.Follow}
	w.mu.Lock()
	defer w.mu.Unlock()
	if prev, ok := w.paths[v]; ok {
		c.Racy, c.Access = c.Racy || prev.Racy, c.Access|prev.Access
		if prev == c {
			return
		}
		both := MayExecute | MayNotExecute
		if prev.Absent != c.Absent || prev.Stat != c.Stat || c.Access&both == both {
			w.unstable = true
		}
	}
	w.paths[v] = c
}
