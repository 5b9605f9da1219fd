package cmd

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/store"
)

// recallVar turns recall off if it is set to anything but 1.
const recallVar = "MEMO_RECALL"

// invalidationsName is the name of the invalidation log in the store.
const invalidationsName = "invalidations"

// A recallable is a call whose hit may be served by recall the next time.
type recallable struct {
	*run
	begun   time.Time          // by the machine's clock, whatever the World's says
	arrived int64              // by the World's, in nanoseconds since the epoch
	log     fingerprint.Stat   // of the invalidation log before the call
	own     *fingerprint.World // what is seen of the store is nobody's input
	table   *recall.Table      // nil until it is open
}

// prepare does ahead of time what [recallable.record] needs time for, as
// [store.Writer.Prepare] does.
func (c *recallable) prepare() {
	if table, err := recall.Find(c.store.Path()); err == nil {
		c.table = table
		table.Prepare()
	}
}

// openTable opens the table.
func (c *recallable) openTable() (err error) {
	if c.table == nil {
		c.table, err = recall.Open(c.store.Path())
	}
	return err
}

// close drops what was prepared in vain.
func (c *recallable) close() {
	if c != nil && c.table != nil {
		c.table.Close()
	}
}

// recall returns the call as one that can be recorded, or nil if it can't.
func (r *run) recall() *recallable {
	if r.store == nil || r.app.worldly != nil || recallOff(r.app.world) != "" || !r.allowsRecall() {
		return nil
	}
	c := &recallable{
		run: r, begun: time.Now(), arrived: r.app.world.Now().UnixNano(), own: fingerprint.NewWorld(nil, r.store.Dir()),
	}
	path := r.store.Path(invalidationsName)
	var err error
	if c.log, err = c.own.Lstat(path); errors.Is(err, os.ErrNotExist) {
		// The call would begin it, and could not be recorded for that.
		if _, err = r.store.Mark(); err == nil {
			c.log, err = c.own.Lstat(path)
		}
	}
	if err != nil || !c.own.Local(path, c.log) {
		return nil
	}
	return c
}

// recallOff returns why recall is not in use, or "".
func recallOff(w *fingerprint.World) string {
	if active, why := recall.Active(); !active {
		return why
	}
	if value, set := w.LookupEnv(recallVar); set && value != "1" {
		return recallVar + "=" + value
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

// recallObstacle returns why no call is served by recall here and now, though
// it may be in use, or "".
func recallObstacle(app *app) string {
	for _, name := range []string{"MEMO_DISABLE", nest.ContextVar} {
		if _, set := app.world.LookupEnv(name); set {
			return name + " is set"
		}
	}
	if fewDescriptors() {
		return fmt.Sprintf("fewer than %d file descriptors", descriptorsNeeded)
	}
	cfg, err := loadConfig(app, nil, nil)
	if err == nil {
		_, err = app.openStore(cfg.CacheDir)
	}
	var refused *store.RefusedError
	if errors.As(err, &refused) || isForeignTrouble(err) {
		return err.Error()
	}
	return ""
}

// allowsRecall reports whether nothing but what recall knows to be harmless is
// set: settings that only decide which result is fresh, which the record
// settles, or what happens at a miss. A setting that is not listed here makes
// every call go through Go.
func (r *run) allowsRecall() bool {
	allowed := []string{
		"ttl", "default_ttl", "swr", "stale_if_error", "expires_from", "ttl_cmd", "negative_ttl", "cache_exit",
		"dep", "env", "tags", "key_env", "key", "scope", "any_cwd", "no_program", "shell",
		"version_cmd", "version_ttl", "timeout", "retry", "retry_backoff", "max_output", "max_size", "max_results", "eviction", "quiet",
	}
	for key, v := range r.cfg.values {
		byDefault := slices.EqualFunc(v.items, v.setting.byDefault, func(it item, text string) bool { return it.text == text })
		switch {
		case byDefault || slices.Contains(allowed, key):
		case key == "cache_dir" && v.items[0].origin == v.setting.variable():
		default:
			return false
		}
	}
	plain := true
	r.flags.Visit(func(f *pflag.Flag) {
		isSetting := find(settings(), func(s *setting) bool { return s.flag == f.Name }) != nil
		plain = plain && (isSetting || f.Name == "config" || f.Name == "color")
	})
	return plain
}

// record writes a recall record after a fresh hit and after a miss that was
// stored, if everything that the decision looked at can be told by the C code.
// It is best effort: without a record the next call comes here again.
func (c *recallable) record(o *memo.Outcome, policy *memo.Policy, err error) {
	fresh := o.State == memo.Hit && o.Reason == "" || o.State == memo.Miss && o.Stored
	if c == nil || err != nil || !fresh || o.Recorded == nil || o.Signal != nil ||
		o.ExitCode != o.Recorded.ExitCode || c.trouble != "" {
		return
	}
	now := c.app.world.Now()
	end, never, ok := policy.FreshUntil(o.Recorded, c.cfg.hasDeps(), now)
	if !ok {
		return
	}
	if latest := time.Unix(0, math.MaxInt64); never || end.After(latest) {
		end = latest
	}
	if until := o.AnswerUntil; !until.IsZero() && until.Before(end) {
		end = until
	}
	r := &recall.Record{
		NotBefore: now.UnixNano(), NotAfter: end.UnixNano(),
		Argv: os.Args, Dir: c.app.world.Dir, Euid: uint32(os.Geteuid()), Egid: uint32(os.Getegid()),
		Key: o.Key, ID: o.Ref.ID, Elapsed: int64(o.Recorded.Elapsed), ExitCode: o.ExitCode,
	}
	if !c.isSound(o, r) || !c.addInputs(r) || !c.addOutput(o, r) {
		return
	}
	if r.Program, err = recall.Program(); err != nil {
		return
	}
	if c.openTable() != nil {
		return
	}
	names, prefixes := inputVariables(c.app.world.Consulted())
	c.table.Observe(r, c.app.environ, names, prefixes)
	_ = c.table.Write(r)
}

// isSound fills in the state of the store and until when that lasts, and
// reports whether it is certain that the decision was made in that state.
func (c *recallable) isSound(o *memo.Outcome, r *recall.Record) bool {
	log, ok := c.item(c.store.Path(invalidationsName))
	if !ok || log.Stat != c.log {
		return false // it has grown meanwhile
	}
	shard, ok := c.item(filepath.Dir(o.Path))
	if !ok {
		return false
	}
	if r.Result, ok = c.item(o.Path); !ok {
		return false
	}
	r.Items = []recall.Item{log, shard}
	for _, path := range o.Answers {
		answer, ok := c.item(path)
		if !ok || !c.own.Trusted(path, answer.Stat, c.begun) {
			return false
		}
		r.Items = append(r.Items, answer)
	}
	refs, err := c.store.Variants(o.Key)
	if err != nil {
		return false
	}
	for _, ref := range refs {
		// A result from the future is one to choose when its time has come.
		if ref != o.Ref && ref.Created > c.arrived {
			r.NotAfter = min(r.NotAfter, ref.Created)
		}
	}
	if r.NotAfter <= r.NotBefore {
		return false
	}
	if o.State == memo.Hit {
		// What is older than the call was so when it was looked at.
		return c.own.Trusted(o.Path, r.Result.Stat, c.begun) && c.own.Trusted(o.Path, shard.Stat, c.begun)
	}
	// The result that was just made is the one that the next call finds, if
	// no newer one has come since, and if no good one comes before it.
	return len(refs) > 0 && refs[0] == o.Ref && (o.ExitCode == 0 || len(refs) == 1)
}

// item returns the state of a file or directory of the store.
func (c *recallable) item(path string) (recall.Item, bool) {
	name, err := filepath.Rel(c.store.Path(), path)
	if err != nil {
		return recall.Item{}, false
	}
	st, err := c.own.Lstat(path)
	return recall.Item{Name: filepath.ToSlash(name), Stat: st}, err == nil
}

// addInputs fills in what the decision looked at, and reports whether that is
// everything.
func (c *recallable) addInputs(r *recall.Record) bool {
	w := c.app.world
	if c.cfg.lifetime().UsesClock() {
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

// errManyChunks ends the reading of an output that no record can tell of.
var errManyChunks = errors.New("too many chunks")

// addOutput fills in the output of the result: a small one itself, for a large
// one where it lies in the file.
func (c *recallable) addOutput(o *memo.Outcome, r *recall.Record) bool {
	isSmall := o.Recorded.StdoutSize <= recall.MaxInline-min(o.Recorded.StderrSize, recall.MaxInline)
	// The call has verified what it replayed, and isSound that the file is
	// still the same. A large file that was just written nobody has verified.
	if !isSmall && o.State != memo.Hit {
		return false
	}
	rd := o.Output
	if rd == nil {
		var err error
		if rd, err = c.store.Open(o.Ref); err != nil {
			return false
		}
		defer rd.Close()
		if isSmall && rd.Verify() != nil {
			return false
		}
	}
	err := rd.Chunks(func(stream store.Stream, off, n int64) error {
		if len(r.Chunks) == recall.MaxChunks {
			return errManyChunks
		}
		chunk := recall.Chunk{Stream: uint8(stream), Offset: off, Length: n}
		if isSmall {
			chunk = recall.Chunk{Stream: uint8(stream), Data: make([]byte, n)}
			if _, err := rd.ReadAt(chunk.Data, off); err != nil {
				return err
			}
		}
		r.Chunks = append(r.Chunks, chunk)
		return nil
	})
	return err == nil
}
