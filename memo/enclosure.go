package memo

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An Enclosure is the view that a call has of the memoized command that it is
// part of.
type Enclosure struct {
	file   *os.File
	path   string
	header nestHeader
	id     uint64
}

// FindEnclosure returns the run that this process is part of, nil if it is
// part of none: no variable, or one that outlived its run.
func FindEnclosure(w *fingerprint.World) *Enclosure {
	path, set := w.LookupEnv(ContextVar)
	if !set || !filepath.IsAbs(path) {
		return nil
	}
	f, err := openNestFile(path)
	if err != nil {
		return nil
	}
	e := &Enclosure{file: f, path: path, id: rand.Uint64()}
	if nestIsDead(f) || readRecord(f, &e.header) != nil {
		f.Close()
		return nil
	}
	return e
}

// Close releases the file.
func (e *Enclosure) Close() {
	if e != nil {
		e.file.Close()
	}
}

// contains reports whether a key is being run further up.
func (e *Enclosure) contains(key fingerprint.Key) bool {
	return e != nil && slices.Contains(e.header.Keys, key)
}

// keys returns the keys further up.
func (e *Enclosure) keys() []fingerprint.Key {
	if e == nil {
		return nil
	}
	return e.header.Keys
}

// begin announces a contribution.
func (e *Enclosure) begin() {
	if e != nil {
		_ = e.put(contribution{ID: e.id, Begin: true}) // its absence is told
	}
}

// end makes the contribution.
func (e *Enclosure) end(c contribution) error {
	if e == nil {
		return nil
	}
	c.ID = e.id
	return e.put(c)
}

// put appends a record. If that fails, removing the file tells the outer run
// that it doesn't know everything.
func (e *Enclosure) put(c contribution) error {
	err := appendRecord(e.file, c)
	if err != nil {
		_ = os.Remove(e.path)
	}
	return err
}

// sameEnv reports whether the variables that a name or glob stands for have
// the values here that they have in the environment of the enclosing command.
func (e *Enclosure) sameEnv(w *fingerprint.World, pattern string) bool {
	names := make([]string, len(e.header.Env))
	for i, state := range e.header.Env {
		names[i] = state.Name + "="
	}
	// The same matching, over the names there.
	there := fingerprint.Environment(fingerprint.NewWorld(names, w.Dir), []string{pattern}, nil)
	here := fingerprint.Environment(w, []string{pattern}, nil)
	for i := range there {
		at, set := slices.BinarySearchFunc(e.header.Env, there[i].Name, func(s fingerprint.EnvState, name string) int {
			return strings.Compare(s.Name, name)
		})
		if set {
			there[i] = e.header.Env[at]
		}
	}
	return slices.Equal(there, here)
}
