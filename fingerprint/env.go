package fingerprint

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/zeebo/blake3"
)

// DefaultKeyEnv returns the variables that belong to every key by default:
// those of the locale and the time zone, on which the output of most commands
// depends.
func DefaultKeyEnv() []string { return []string{"LANG", "LANGUAGE", "LC_*", "TZ"} }

// ValidEnvName returns an error if name can be neither the name of an
// environment variable nor a glob over names.
func ValidEnvName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("environment variable %q: empty name", name)
	case strings.ContainsAny(name, "=\x00"):
		return fmt.Errorf("environment variable %q: a name has no %q and no NUL; give the name without a value", name, "=")
	case strings.Contains(name, ","):
		names := strings.Split(name, ",")
		return fmt.Errorf("environment variable %q: give each by itself: -e %s", name, strings.Join(names, " -e "))
	}
	if _, err := path.Match(name, ""); err != nil {
		return fmt.Errorf("environment variable %q: bad glob", name)
	}
	return nil
}

// LookupEnv returns the value of a variable and whether it is set.
func (w *World) LookupEnv(name string) (string, bool) {
	name = foldEnvName(name)
	w.mu.Lock()
	w.names[name] = true
	w.mu.Unlock()
	v, ok := w.env[name]
	return v, ok
}

// EnvState returns the state of a variable: whether it is set, and a digest
// of its value.
func (w *World) EnvState(name string) EnvState {
	v, ok := w.LookupEnv(name)
	if !ok {
		return EnvState{Name: name}
	}
	return stateOf(&FieldHash{blake3.New()}, name, v)
}

// Snapshot returns the state of every set variable, sorted by name, for later
// comparison. The variables don't count as consulted.
func (w *World) Snapshot() []EnvState {
	h := &FieldHash{blake3.New()}
	states := make([]EnvState, 0, len(w.env))
	for name, value := range w.env {
		states = append(states, stateOf(h, name, value))
	}
	slices.SortFunc(states, func(a, b EnvState) int { return strings.Compare(a.Name, b.Name) })
	return states
}

func stateOf(h *FieldHash, name, value string) EnvState {
	h.Reset("memo environment value 1")
	h.String("value", value)
	return EnvState{Name: name, Set: true, Digest: h.Sum()}
}

// MatchEnv returns the sorted names of the set variables that match a glob as
// [path.Match] does, except that "*" and "?" also match slashes. A malformed
// glob matches nothing. Case matters, except on Windows.
func (w *World) MatchEnv(glob string) []string {
	glob = foldEnvName(glob)
	w.mu.Lock()
	w.globs[glob] = true
	w.mu.Unlock()
	var names []string
	pattern := strings.ReplaceAll(glob, "/", "\x00")
	for name := range w.env {
		// No name contains a NUL, so it can replace the slash.
		if ok, _ := path.Match(pattern, strings.ReplaceAll(name, "/", "\x00")); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Environment returns the states of the variables in declared and keyEnv,
// sorted by name and without duplicates. Globs stand for the names that they
// match. A name that is not set has a state, too.
func Environment(w *World, declared []string, keyEnv []string) []EnvState {
	var names []string
	for _, list := range [2][]string{declared, keyEnv} {
		for _, name := range list {
			if strings.ContainsAny(name, `*?[\`) {
				names = append(names, w.MatchEnv(name)...)
			} else {
				names = append(names, foldEnvName(name))
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	h := &FieldHash{blake3.New()}
	states := make([]EnvState, len(names))
	for i, name := range names {
		states[i] = EnvState{Name: name}
		if value, set := w.LookupEnv(name); set {
			states[i] = stateOf(h, name, value)
		}
	}
	return states
}

// foldEnvName returns the canonical name of a variable: on Windows case does
// not matter.
func foldEnvName(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}
