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
	begun   time.Time          // by the machine's clock, whatever the World's says
	arrived int64              // by the World's, in nanoseconds since the epoch
	log     fingerprint.Stat   // of the invalidation log before the call
	own     *fingerprint.World // what is seen of the store is no input of the command
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
	Replayed bool          // it was verified and replayed, not just stored
	// Output is the result that was just stored, from memory, if it is small.
	Output *store.Reading
	// Answers are the files of the answers of version commands.
	Answers []string
}

// Off returns why recall is not in use, or "".
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

// Begin returns the call that begins now, or nil if it can't be recorded.
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
		// The call would begin it, and could not be recorded for that.
		if _, err = s.Mark(); err == nil {
			c.log, err = c.own.Lstat(path)
		}
	}
	if err != nil || !c.own.Local(path, c.log) {
		return nil
	}
	return c
}

// Record writes a record of a decision if everything that the decision looked
// at can be recorded for the C code. It is best effort: without a record the next
// call decides again.
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

// isSound fills in the state of the store and until when that lasts, and
// reports whether it is certain that the decision was made in that state.
func (c *Call) isSound(d *Decision, r *Record) bool {
	log, ok := c.item(c.store.Path(invalidationsName))
	if !ok || log.Stat != c.log {
		return false // it has grown meanwhile
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
		// A result from the future is one to choose when its time has come.
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
		// What is older than the call was so when it was looked at.
		return c.own.Trusted(d.Path, r.Result.Stat, c.begun) && c.own.Trusted(d.Path, shard.Stat, c.begun)
	}
	// The result that was just made is the one that the next call finds, if
	// no newer one has come since, and if no good one comes before it.
	return len(refs) > 0 && refs[0] == d.Ref && (d.Result.ExitCode == 0 || len(refs) == 1)
}

// item returns the state of a file or directory of the store.
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

// addInputs fills in what the decision looked at, and reports whether that is
// everything.
func (c *Call) addInputs(d *Decision, r *Record) bool {
	w := c.world
	if d.UsesClock {
		// Go's package time read these at the first use of a local time.
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

// inputVariables returns the variables that are compared by name and by prefix.
// PATH, HOME, the zone and what begins with XDG_ or MEMO_ always count.
func inputVariables(seen fingerprint.Consulted) (names, prefixes []string) {
	names = append(seen.Names, "HOME", "PATH", "TZ")
	prefixes = []string{"MEMO_", "XDG_"}
	for _, glob := range seen.Globs {
		prefixes = append(prefixes, strings.TrimSuffix(glob, "*"))
	}
	return names, prefixes
}
