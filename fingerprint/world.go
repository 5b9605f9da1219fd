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

// A World is the one door through which memo looks at the machine when it
// decides about a result. It remembers what was consulted; see
// [World.Consulted]. Methods may be called from several goroutines.
type World struct {
	// Dir is the physical working directory that relative paths resolve to.
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

// A Consultation is one path that was looked at and what was seen there.
type Consultation struct {
	Path   string // absolute, not necessarily clean
	Follow bool   // Stat follows symlinks
	Absent bool
	Stat   Stat
	Access Access
	// Racy says that an equal stat won't prove later that nothing changed:
	// it was too young, or the path lies on a network, FUSE or pseudo file
	// system.
	Racy bool
}

// Access is what this process was seen to be allowed to do with a path. It is
// no part of the stat: supplementary groups, capabilities and the flags of
// mounts have a say. Zero is what no decision asked about.
type Access uint8

const (
	MayRead Access = 1 << iota
	MayExecute
	MayNotExecute
)

// Consulted is the account of a World: everything outside memo's store that
// was looked at.
type Consulted struct {
	Names []string // variables by name
	Globs []string // variables by glob
	Paths []Consultation
	// Unstable says that a path was seen in two states, or that something was
	// consulted that can't be checked again cheaply. Nothing may be memoized.
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
		for i := 1; i < len(kv); i++ { // Windows has names that begin with "="
			if kv[i] == '=' {
				w.env[foldEnvName(kv[:i])] = kv[i+1:]
				break
			}
		}
	}
	return w
}

// lastMoment is the latest time that is stored, in the year 2262.
var lastMoment = time.Unix(0, math.MaxInt64)

// Now returns the present time, or the last moment that can be stored.
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

// NeverRecall marks the account as unstable: something was consulted that a
// recall record can't check.
func (w *World) NeverRecall() {
	w.mu.Lock()
	w.unstable = true
	w.mu.Unlock()
}

// Consulted returns a sorted copy of what was consulted so far.
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

// note enters a consultation into the account.
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
