package memo

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// An Enclosure is the view that a call has of the memoized command that it is
// part of.
type Enclosure struct {
	// file is nil if the command is run without being recorded: there is
	// nobody to report to, but it is a memo call all the same.
	file   *os.File
	around string // the value of [ContextVar]
	header nestHeader
	id     uint64
}

// unrecorded begins the context of a run that nothing needs to be reported
// to; the id of the process that waits for it follows.
const unrecorded = "unrecorded:"

// unrecordedContext is the context of a run by this process that nothing needs
// to be reported to. It takes no file: there may be no place for one.
func unrecordedContext() string { return fmt.Sprintf("%s%d", unrecorded, os.Getpid()) }

// FindEnclosure returns the run that this process is part of, nil if it is
// part of none: no variable, or one that outlived its run.
func FindEnclosure(w *fingerprint.World) *Enclosure {
	around, set := w.LookupEnv(ContextVar)
	if !set {
		return nil
	}
	e := &Enclosure{around: around, id: rand.Uint64()}
	if pid, ok := strings.CutPrefix(around, unrecorded); ok {
		if n, err := strconv.Atoi(pid); err != nil || !processExists(n) {
			return nil
		}
		return e
	}
	mark := strings.LastIndexByte(around, '#')
	if mark < 0 || !filepath.IsAbs(around) {
		return nil
	}
	path := around[:mark]
	id, err := strconv.ParseUint(around[mark+1:], 16, 64)
	if err != nil {
		return nil
	}
	f, err := openNestFile(path)
	if err != nil {
		return nil
	}
	records := io.NewSectionReader(f, store.AnnexAt, math.MaxInt64-store.AnnexAt)
	if nestIsDead(f) || readRecord(records, &e.header) != nil || e.header.ID != id {
		f.Close()
		return nil
	}
	e.file = f
	return e
}

// Close releases the file.
func (e *Enclosure) Close() {
	if e != nil && e.file != nil {
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

// context returns the context for calls below one that is not recorded itself.
func (e *Enclosure) context() string {
	if e == nil {
		return unrecordedContext()
	}
	return e.around
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

// Withhold keeps the result of the run from being stored; why is the reason
// that its user is told. Without a run it does nothing.
func (e *Enclosure) Withhold(why string) {
	e.begin()
	_ = e.end(contribution{NoStore: why}) // its absence is told
}

// put appends a record. If that fails, the outer run is told that it doesn't
// know everything.
func (e *Enclosure) put(c contribution) error {
	if e.file == nil {
		return nil
	}
	c.Run = e.header.ID
	err := appendRecord(e.file, c)
	if err != nil {
		spoilNest(e.file)
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
