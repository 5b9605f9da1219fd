package recall

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// offVar turns recall off if it is set to anything but 1.
const offVar = "MEMO_RECALL"

// invalidationsName is the name of the invalidation log in the store.
const invalidationsName = "invalidations"

// A Call is a call of memo whose decision can become a record. A nil Call
// records nothing.
type Call struct {
	store   *store.Store
	world   *fingerprint.World
	begun   time.Time          // by the machine's clock
	arrived int64              // by the World's clock, in nanoseconds since the epoch
	log     fingerprint.Stat   // of the invalidation log before the call
	own     *fingerprint.World // for looks at the store, which are not inputs
}

// A Decision is a hit, or a miss that was stored, as its caller sees it.
type Decision struct {
	// At is when the decision was made. The result is fresh until FreshUntil
	// and may be replayed until StaleUntil; the answers of version commands hold
	// until AnswerUntil. Zero: for ever.
	At, FreshUntil, StaleUntil, AnswerUntil time.Time
	// UsesClock says that FreshUntil depends on the local time zone.
	UsesClock bool
	// WhyStale is the journal's reason for a hit after FreshUntil.
	WhyStale store.Code
	// Backoff is the file that exists after a refresh of the result has failed.
	Backoff string

	Argv, Environ []string

	Key      fingerprint.Key
	Ref      store.Ref
	Path     string        // the file of the result
	Result   *store.Result // its header
	Replayed bool          // verified and replayed, not just stored
	// Output is the result that was just stored, if it is still in memory.
	Output *store.Reading
	// Answers are the files of the answers of version commands.
	Answers []string
}

// Off returns the reason why recall is not in use, or "".
func Off(w *fingerprint.World) string {
	if active, why := Active(); !active {
		return why
	}
	if value, set := w.LookupEnv(offVar); set && value != "1" {
		return offVar + "=" + value
	}
	for _, name := range []string{"MEMO_CACHE_DIR", "XDG_CACHE_HOME"} {
		if dir, _ := w.LookupEnv(name); dir != "" {
			if !filepath.IsAbs(dir) {
				return name + " is not an absolute path"
			}
			break
		}
	}
	return ""
}

// Begin returns a Call that begins now, or nil if it can't be recorded.
func Begin(s *store.Store, w *fingerprint.World) *Call {
	if Off(w) != "" {
		return nil
	}
	c := &Call{
		store: s, world: w, begun: time.Now(), arrived: w.Now().UnixNano(), own: fingerprint.NewWorld(nil, s.Root()),
	}
	path := s.Path(invalidationsName)
	var err error
	if c.log, err = c.own.Lstat(path); errors.Is(err, os.ErrNotExist) {
		// Create the log now: a call that creates it can't be recorded.
		if _, err = s.Mark(); err == nil {
			c.log, err = c.own.Lstat(path)
		}
	}
	if err != nil || !c.own.Local(path, c.log) {
		return nil
	}
	return c
}

// Record writes a record of a decision if the C code can check all of its
// inputs. It is best effort: without a record the next call decides again.
func (c *Call) Record(d *Decision) {
	if c == nil {
		return
	}
	r := &Record{
		NotBefore: d.At.UnixNano(), FreshUntil: d.until(d.FreshUntil), StaleUntil: d.until(d.StaleUntil),
		Argv: d.Argv, Dir: c.world.Dir, Euid: uint32(os.Geteuid()), Egid: uint32(os.Getegid()),
		Key: d.Key, ID: d.Ref.ID, Elapsed: int64(d.Result.Elapsed), ExitCode: d.Result.ExitCode, WhyStale: d.WhyStale,
	}
	if !c.isSound(d, r) || !c.addInputs(d, r) || !c.addOutput(d, r) {
		return
	}
	var err error
	if r.Program, err = Program(); err != nil {
		return
	}
	table, err := Open(c.store.Path())
	if err != nil {
		return
	}
	names, prefixes := inputVariables(c.world.Consulted())
	table.Observe(r, d.Environ, names, prefixes)
	_ = table.Write(r)
}

// until returns the earlier of an end, zero for none, and AnswerUntil, in
// nanoseconds since the epoch.
func (d *Decision) until(end time.Time) int64 {
	first := time.Unix(0, math.MaxInt64)
	for _, at := range []time.Time{end, d.AnswerUntil} {
		if !at.IsZero() && at.Before(first) {
			first = at
		}
	}
	return first.UnixNano()
}

// isSound adds the state of the store, and the time until which it holds, to r.
// It reports whether the decision was certainly made in that state.
func (c *Call) isSound(d *Decision, r *Record) bool {
	log, ok := c.item(c.store.Path(invalidationsName))
	if !ok || log.Stat != c.log {
		return false // the log has grown since the call began
	}
	shard, ok := c.item(filepath.Dir(d.Path))
	if !ok {
		return false
	}
	if r.Result, ok = c.item(d.Path); !ok {
		return false
	}
	r.Items = []Item{log, shard}
	for _, path := range d.Answers {
		answer, ok := c.item(path)
		if !ok || !c.own.Trusted(path, answer.Stat, c.begun) {
			return false
		}
		r.Items = append(r.Items, answer)
	}
	refs, err := c.store.Variants(d.Key)
	if err != nil {
		return false
	}
	for _, ref := range refs {
		// Once the time of a result from the future has come, Go may choose it.
		if ref != d.Ref && ref.Created > c.arrived {
			r.FreshUntil, r.StaleUntil = min(r.FreshUntil, ref.Created), min(r.StaleUntil, ref.Created)
		}
	}
	if r.StaleUntil <= r.NotBefore {
		return false
	}
	if r.Lock, ok = c.name(c.store.LockPath(d.Key)); !ok {
		return false
	}
	if r.Backoff, ok = c.name(d.Backoff); !ok {
		return false
	}
	if d.Replayed {
		// Files older than the call had this state at the decision.
		return c.own.Trusted(d.Path, r.Result.Stat, c.begun) && c.own.Trusted(d.Path, shard.Stat, c.begun)
	}
	// The next call finds the result that was just stored, unless another
	// process has stored a newer one, or this one failed and another is good.
	return len(refs) > 0 && refs[0] == d.Ref && (d.Result.ExitCode == 0 || len(refs) == 1)
}

// item returns the state of a file or directory of the store, and false if it
// can't be read.
func (c *Call) item(path string) (Item, bool) {
	name, ok := c.name(path)
	if !ok {
		return Item{}, false
	}
	st, err := c.own.Lstat(path)
	return Item{Name: name, Stat: st}, err == nil
}

// name returns the name in a record of a file or directory of the store.
func (c *Call) name(path string) (string, bool) {
	name, err := filepath.Rel(c.store.Path(), path)
	return filepath.ToSlash(name), err == nil
}

// addInputs adds the inputs of the decision to r, and reports whether it could
// add all of them.
func (c *Call) addInputs(d *Decision, r *Record) bool {
	w := c.world
	if d.UsesClock {
		// Package time reads these files at the first use of a local time.
		switch zone, set := w.LookupEnv("TZ"); {
		case !set:
			_, err := w.Stat("/etc/localtime")
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return false
			}
		case zone != "" && zone != "UTC":
			return false
		}
	}
	seen := w.Consulted()
	if seen.Unstable {
		return false
	}
	for _, p := range seen.Paths {
		if p.Racy {
			return false
		}
	}
	for _, glob := range seen.Globs {
		if strings.IndexAny(glob, `*?[\`) != len(glob)-1 || !strings.HasSuffix(glob, "*") {
			return false
		}
	}
	r.Paths = seen.Paths
	return true
}

// inputVariables returns the names and prefixes of the variables to compare.
// They always include PATH, HOME, TZ, XDG_* and MEMO_*.
func inputVariables(seen fingerprint.Consulted) (names, prefixes []string) {
	names = append(seen.Names, "HOME", "PATH", "TZ")
	prefixes = []string{"MEMO_", "XDG_"}
	for _, glob := range seen.Globs {
		prefixes = append(prefixes, strings.TrimSuffix(glob, "*"))
	}
	return names, prefixes
}
