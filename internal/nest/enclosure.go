package nest

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
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// An Enclosure is the view that a call has of the memoized command that it is
// part of.
type Enclosure struct {
	// file is nil if the command runs without being recorded: there is no run to
	// report to, but the command is part of a memo call all the same.
	file   *os.File
	around string // the value of [ContextVar]
	header Header
	id     uint64
}

// unrecorded begins the context of a run that nothing needs to be reported
// to; the id of the process that waits for it follows.
const unrecorded = "unrecorded:"

// Unrecorded is the context of a run by this process that nothing needs to be
// reported to. It takes no file: there may be no place for one.
func Unrecorded() string { return fmt.Sprintf("%s%d", unrecorded, os.Getpid()) }

// Find returns the run that this process is part of, nil if it is part of
// none: the variable is not set, or it outlived its run.
func Find(w *fingerprint.World) *Enclosure {
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
	f, err := openContext(path)
	if err != nil {
		return nil
	}
	records := io.NewSectionReader(f, store.AnnexAt, math.MaxInt64-store.AnnexAt)
	if isDead(f) || readRecord(records, &e.header) != nil || e.header.ID != id {
		f.Close()
		return nil
	}
	e.file = f
	return e
}

// Recorded reports whether there is a run to contribute to: a command that runs
// without being recorded is around, but takes no contributions.
func (e *Enclosure) Recorded() bool { return e != nil && e.file != nil }

// Started is when the run around began.
func (e *Enclosure) Started() time.Time { return time.Unix(0, e.header.Started) }

// Store are the directories that are never part of a dependency of the run
// around.
func (e *Enclosure) Store() []fingerprint.Stat { return e.header.Store }

// Keyed reports whether a name or glob of variables belongs to the key of the
// run around.
func (e *Enclosure) Keyed(pattern string) bool { return slices.Contains(e.header.Keyed, pattern) }

// Close releases the file.
func (e *Enclosure) Close() {
	if e != nil && e.file != nil {
		e.file.Close()
	}
}

// Contains reports whether a key is being run further up.
func (e *Enclosure) Contains(key fingerprint.Key) bool {
	return e != nil && slices.Contains(e.header.Keys, key)
}

// Keys returns the keys further up.
func (e *Enclosure) Keys() []fingerprint.Key {
	if e == nil {
		return nil
	}
	return e.header.Keys
}

// Context returns the context for calls below one that is not recorded itself.
func (e *Enclosure) Context() string {
	if e == nil {
		return Unrecorded()
	}
	return e.around
}

// Begin announces a contribution.
func (e *Enclosure) Begin() {
	if e != nil {
		_ = e.put(Contribution{ID: e.id, Begin: true}) // put spoils the file if it fails
	}
}

// End makes the contribution.
func (e *Enclosure) End(c Contribution) error {
	if e == nil {
		return nil
	}
	c.ID = e.id
	return e.put(c)
}

// Withhold keeps the result of the run from being stored; why is the reason
// that its user sees. Without a run it does nothing.
func (e *Enclosure) Withhold(why string) {
	e.Begin()
	_ = e.End(Contribution{NoStore: why}) // put spoils the file if it fails
}

// put appends a record. If that fails it spoils the file, so that the outer run
// knows that it lacks something.
func (e *Enclosure) put(c Contribution) error {
	if e.file == nil {
		return nil
	}
	c.Run = e.header.ID
	err := appendRecord(e.file, c)
	if err != nil {
		spoil(e.file)
	}
	return err
}

// SameEnv reports whether the variables that a name or glob stands for have
// the values here that they have in the environment of the enclosing command.
func (e *Enclosure) SameEnv(w *fingerprint.World, pattern string) bool {
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
