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

// An Enclosure is a nested call's view of the outer run. A nil Enclosure is that
// of a call that is part of no run.
type Enclosure struct {
	// file is nil if the outer run is not recorded. Such a run takes no
	// contributions, but the call is nested all the same.
	file    *os.File
	context string // the value of [ContextVar]
	header  Header
	id      uint64
}

// unrecorded is the prefix of the context of a run that is not recorded. The id
// of the process that waits for the run follows.
const unrecorded = "unrecorded:"

// Unrecorded returns the context of a run by this process that is not recorded.
// It needs no file, because there may be no place for one.
func Unrecorded() string { return fmt.Sprintf("%s%d", unrecorded, os.Getpid()) }

// Find returns the outer run of this process. It returns nil if [ContextVar] is
// not set or the run that it names has ended.
func Find(w *fingerprint.World) *Enclosure {
	context, set := w.LookupEnv(ContextVar)
	if !set {
		return nil
	}
	e := &Enclosure{context: context, id: rand.Uint64()}
	if pid, ok := strings.CutPrefix(context, unrecorded); ok {
		if n, err := strconv.Atoi(pid); err != nil || !processExists(n) {
			return nil
		}
		return e
	}
	mark := strings.LastIndexByte(context, '#')
	if mark < 0 || !filepath.IsAbs(context) {
		return nil
	}
	path := context[:mark]
	id, err := strconv.ParseUint(context[mark+1:], 16, 64)
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

// Recorded reports whether there is an outer run that takes contributions.
func (e *Enclosure) Recorded() bool { return e != nil && e.file != nil }

// Started returns when the outer run began.
func (e *Enclosure) Started() time.Time { return time.Unix(0, e.header.Started) }

// Store returns the directories that are never part of a dependency of the outer
// run.
func (e *Enclosure) Store() []fingerprint.Stat { return e.header.Store }

// Keyed reports whether a name or glob of variables belongs to the key of the
// outer run.
func (e *Enclosure) Keyed(pattern string) bool { return slices.Contains(e.header.Keyed, pattern) }

// Close closes the file.
func (e *Enclosure) Close() {
	if e != nil && e.file != nil {
		e.file.Close()
	}
}

// Contains reports whether the outer run, or a run that it is part of, has the
// key.
func (e *Enclosure) Contains(key fingerprint.Key) bool {
	return e != nil && slices.Contains(e.header.Keys, key)
}

// Keys returns the keys of the outer run and of the runs that it is part of.
func (e *Enclosure) Keys() []fingerprint.Key {
	if e == nil {
		return nil
	}
	return e.header.Keys
}

// Context returns the context for the nested calls of a call that is not
// recorded itself: they contribute to the outer run directly.
func (e *Enclosure) Context() string {
	if e == nil {
		return Unrecorded()
	}
	return e.context
}

// Begin announces a contribution.
func (e *Enclosure) Begin() {
	if e != nil {
		_ = e.append(Contribution{ID: e.id, Begin: true}) // a failure marks the file
	}
}

// End writes the announced contribution.
func (e *Enclosure) End(c Contribution) error {
	if e == nil {
		return nil
	}
	c.ID = e.id
	return e.append(c)
}

// Withhold keeps the outer run from being stored. why is the reason that the user
// sees. Withhold does nothing if there is no outer run.
func (e *Enclosure) Withhold(why string) {
	e.Begin()
	_ = e.End(Contribution{NoStore: why}) // a failure marks the file
}

// append appends a record. If that fails, it marks the file as incomplete.
func (e *Enclosure) append(c Contribution) error {
	if e.file == nil {
		return nil
	}
	c.Run = e.header.ID
	err := appendRecord(e.file, c)
	if err != nil {
		markIncomplete(e.file)
	}
	return err
}

// SameEnv reports whether the variables that a name or glob matches have the same
// values in this process and at the start of the outer run.
func (e *Enclosure) SameEnv(w *fingerprint.World, pattern string) bool {
	names := make([]string, len(e.header.Env))
	for i, state := range e.header.Env {
		names[i] = state.Name + "="
	}
	// The same matching, applied to the names at the start of the outer run.
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
