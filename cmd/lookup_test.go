package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/store"
)

// A shelf is a store with results, and an app that looks at it.
type shelf struct {
	*testing.T
	store *store.Store
	dir   string // the app's working directory
	out   bytes.Buffer
	err   bytes.Buffer
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	home := t.TempDir()
	s, err := store.Open(filepath.Join(home, "cache"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &shelf{T: t, store: s, dir: home}
}

// memo runs a command line and returns its exit code.
func (s *shelf) memo(args ...string) int {
	s.Helper()
	s.out.Reset()
	s.err.Reset()
	environ := []string{"HOME=" + s.dir, "MEMO_CACHE_DIR=" + s.store.Root()}
	a := &app{
		stdout: &s.out, stderr: &s.err, args: args, environ: environ, color: "auto", settings: config.Settings(),
		world: fingerprint.NewWorld(environ, s.dir),
	}
	root := newRootCmd(a)
	root.SetArgs(args)
	return a.exit(root.Execute())
}

// want runs a command line that must succeed and returns its output.
func (s *shelf) want(args ...string) string {
	s.Helper()
	if code := s.memo(args...); code != 0 {
		s.Fatalf("memo %q: exit code %d, %s", args, code, &s.err)
	}
	return s.out.String()
}

// decode runs a command line that prints JSON.
func (s *shelf) decode(v any, args ...string) {
	s.Helper()
	if out := s.want(args...); json.Unmarshal([]byte(out), v) != nil {
		s.Fatalf("memo %q prints no JSON of that form: %s", args, out)
	}
}

// put stores a result of a command in the shelf's directory.
func (s *shelf) put(res store.Result, stdout, stderr string) store.Ref {
	s.Helper()
	res.Dir = s.dir
	id := fingerprint.Identity{Scope: res.Scope, Argv: res.Argv, Dir: res.Dir, Env: res.Env}
	if res.Created == 0 {
		res.Created = time.Now().UnixNano()
	}
	var err error
	if res.Mark, err = s.store.Mark(); err != nil {
		s.Fatal(err)
	}
	w := s.store.NewWriter(id.Key())
	w.Write(store.Stdout, []byte(stdout))
	w.Write(store.Stderr, []byte(stderr))
	ref, err := w.Commit(&res)
	if err != nil {
		s.Fatal(err)
	}
	s.store.Record(
		store.Event{Kind: store.Miss, Key: ref.Key, Elapsed: res.Elapsed},
		store.Event{Kind: store.Stored, Key: ref.Key, ID: ref.ID, Elapsed: res.Elapsed, Size: 500},
	)
	return ref
}

func hourly(argv ...string) store.Result {
	return store.Result{Argv: argv, Elapsed: 2 * time.Second, Lifetimes: store.Lifetimes{TTL: time.Hour}}
}

func TestAbbreviate(t *testing.T) {
	var keys []fingerprint.Key
	for _, k := range [][]byte{{1}, {1, 0, 0, 0, 0, 0x10}, {1, 0, 0, 0, 0, 0x12}, {2}} {
		var key fingerprint.Key
		copy(key[:], k)
		keys = append(keys, key, key)
	}
	short := abbreviate(keys)
	want := []string{"01000000000", "010000000010", "010000000012", "02000000"}
	for i, w := range want {
		if got := short[keys[2*i]]; got != w {
			t.Errorf("key %d: %s, want %s", i, got, w)
		}
	}
}

func TestList(t *testing.T) {
	s := newShelf(t)
	if out := s.want("list"); out != "" {
		t.Errorf("an empty store: %q", out)
	}
	if out := s.want("list", "--json"); strings.Join(strings.Fields(out), "") != "[]" {
		t.Errorf("an empty store: %q", out)
	}
	old := hourly("old", "a\x1b[31m")
	old.Created = time.Now().Add(-2 * time.Hour).UnixNano()
	old.Tags = []string{"x"}
	s.put(old, "out", "")
	ref := s.put(hourly("new"), strings.Repeat("x", 5000), "")
	s.store.Record(store.Event{Kind: store.Hit, Key: ref.Key, ID: ref.ID, Elapsed: 2 * time.Second})
	lines := strings.Split(strings.TrimSpace(s.want("list")), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "new") || !strings.Contains(lines[1], "expired") || strings.Contains(lines[1], "\x1b") {
		t.Errorf("list: %q", lines)
	}
	var list []entry
	s.decode(&list, "list", "--json")
	if len(list) != 2 || list[0].State != "fresh" || list[0].Hits != 1 || list[0].SavedMS != 2000 || *list[0].TTLLeftMS <= 0 ||
		list[1].State != "expired" || *list[1].TTLLeftMS >= 0 || list[1].Reason == "" || !slices.Equal(list[1].Tags, []string{"x"}) {
		t.Errorf("list --json: %+v", list)
	}
	for by, first := range map[string]string{"size": "new", "hits": "new", "saved": "new", "command": "new", "age": "new"} {
		if s.decode(&list, "list", "--json", "--sort", by); list[0].Command[0] != first {
			t.Errorf("--sort %s begins with %q", by, list[0].Command)
		}
	}
	if code := s.memo("list", "--sort", "colour"); code != 125 {
		t.Errorf("a wrong order: exit code %d", code)
	}
	if s.decode(&list, "list", "--json", "--scope", "other"); len(list) != 0 {
		t.Errorf("another scope has %d results", len(list))
	}
}

func TestShow(t *testing.T) {
	s := newShelf(t)
	ref := s.put(hourly("tool", "a b"), "out\x00", "err")
	key := ref.Key.String()
	for _, args := range [][]string{{key}, {key[:4]}, {strings.ToUpper(key[:9])}, {"--", "tool", "a b"}} {
		var d detail
		s.decode(&d, append([]string{"show", "--json"}, args...)...)
		if d.Key != key || d.StdoutSize != 4 || d.ElapsedMS != 2000 || d.Runs != 1 || d.Lifetimes.TTL != "1h" {
			t.Errorf("show %q: %+v", args, d)
		}
		if out := s.want(append([]string{"show"}, args...)...); !strings.Contains(out, "tool 'a b'") {
			t.Errorf("show %q: %s", args, out)
		}
	}
	for flag, want := range map[string]string{"--stdout": "out\x00", "--stderr": "err", "--output": "out\x00err"} {
		if out := s.want("show", flag, key[:6]); out != want {
			t.Errorf("show %s: %q, want %q", flag, out, want)
		}
	}
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{"show", "--", "tool"}, 75}, {[]string{"show", "ffffffffffff"}, 75}, {[]string{"show", "abc"}, 125},
		{[]string{"show", "tool"}, 125}, {[]string{"show"}, 125}, {[]string{"show", key, key}, 125},
	} {
		if code := s.memo(tt.args...); code != tt.code || s.out.Len() > 0 || s.err.Len() == 0 {
			t.Errorf("%q: exit code %d, want %d; %s", tt.args, code, tt.code, &s.err)
		}
	}
}

func TestShowAmbiguousKey(t *testing.T) {
	s := newShelf(t)
	a := hourly("tool")
	b := hourly("tool")
	b.Env = []fingerprint.EnvState{{Name: "A", Set: true}}
	refA, refB := s.put(a, "", ""), s.put(b, "", "")
	code := s.memo("show", refA.Key.Group())
	for _, ref := range []store.Ref{refA, refB} {
		if !strings.Contains(s.err.String(), ref.Key.String()[:17]) {
			t.Errorf("exit code %d, candidate %s is not named: %s", code, ref.Key, &s.err)
		}
	}
	if code != 125 || s.memo("invalidate", "--key", refA.Key.Group()) != 125 {
		t.Errorf("an ambiguous key: exit code %d", code)
	}
}

func TestInvalidate(t *testing.T) {
	s := newShelf(t)
	fill := func() {
		s.want("invalidate", "--all")
		tagged := hourly("one")
		tagged.Tags = []string{"t"}
		tagged.Fingerprints = []fingerprint.Fingerprint{{Dep: fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: "go.mod"}}}
		s.put(tagged, "", "")
		scoped := hourly("two", "x")
		scoped.Scope = "s"
		s.put(scoped, "", "")
		old := hourly("two", "y")
		old.Created = time.Now().Add(-3 * time.Hour).UnixNano()
		s.put(old, "", "")
	}
	for _, tt := range []struct {
		args string
		n    int
	}{
		{"--tag t", 1}, {"--tag none", 0}, {"--tag none --tag t", 1}, {"--dep go.mod", 1}, {"--dep go.sum", 0},
		{"--scope s", 1}, {"--command two*", 2}, {"--command two", 0}, {"--older-than 2h", 1}, {"--expired", 1}, {"--all", 3},
		{"--tag t --scope s", 2}, {"--tag t --expired", 2}, {"-- one", 1}, {"-- two", 0}, {"--scope s -- two x", 1}, {"-- two x", 0},
	} {
		fill()
		var r invalidateReport
		args := strings.Fields(tt.args)
		s.decode(&r, append([]string{"invalidate", "--json", "--dry-run"}, args...)...)
		if r.Results != tt.n || !r.DryRun {
			t.Errorf("%s --dry-run: %+v, want %d", tt.args, r, tt.n)
		}
		if s.decode(&r, append([]string{"invalidate", "--json"}, args...)...); r.Results != tt.n {
			t.Errorf("%s: %d, want %d", tt.args, r.Results, tt.n)
		}
		var list []entry
		if s.decode(&list, "list", "--json"); len(list) != 3-tt.n {
			t.Errorf("%s: %d left", tt.args, len(list))
		}
	}
	fill()
	if out := s.want("invalidate", "--tag", "t"); out != "1 result ended\n" {
		t.Errorf("output %q", out)
	}
	for _, args := range [][]string{{}, {"t"}, {"--tag", ""}, {"--dep", ""}, {"--older-than", "7"}, {"--key", "abc"}} {
		if code := s.memo(append([]string{"invalidate"}, args...)...); code != 125 {
			t.Errorf("invalidate %q: exit code %d, want 125", args, code)
		}
	}
}

func TestStatsOutput(t *testing.T) {
	s := newShelf(t)
	s.want("stats")
	var r statsReport
	s.decode(&r, "stats", "--json")
	if r.Commands == nil || r.Hours == nil || r.MaxSize == 0 {
		t.Errorf("stats of nothing: %+v", r)
	}
	ref := s.put(hourly("slow", "\x1b]0;x\a"), "", "")
	s.store.Record(store.Event{Kind: store.Hit, Key: ref.Key, ID: ref.ID, Elapsed: 2 * time.Second})
	s.decode(&r, "stats", "--json", "--since", "1h")
	if r.Hits != 1 || r.Misses != 1 || r.SavedMS != 2000 || r.CostMS != 2000 || r.Results != 1 || r.Size != 500 || r.HitRate != 0.5 {
		t.Errorf("stats: %+v", r)
	}
	if out := s.want("stats"); !strings.Contains(out, "slow") || strings.ContainsAny(out, "\x1b\a") {
		t.Errorf("stats: %q", out)
	}
	s.store.Record(store.Event{Kind: store.Miss, Key: fingerprint.Key{0xb9, 0xdf}, Elapsed: time.Second})
	if out := s.want("stats"); !strings.Contains(out, "1 run  (no result left; key b9df000000000000)\n") {
		t.Errorf("stats with a command that has no result: %q", out)
	}
	s.want("stats", "reset")
	if s.decode(&r, "stats", "--json"); r.Hits != 0 || r.Results != 1 {
		t.Errorf("after the reset: %+v", r)
	}
	if code := s.memo("stats", "--since", "x"); code != 125 {
		t.Errorf("a wrong duration: exit code %d", code)
	}
}

func TestGC(t *testing.T) {
	s := newShelf(t)
	for i := range 5 {
		s.put(hourly("c", fmt.Sprint(i)), strings.Repeat("x", 1000), "")
	}
	old := hourly("old")
	old.Created = time.Now().Add(-3 * time.Hour).UnixNano()
	s.put(old, "", "")
	var r gcReport
	s.decode(&r, "gc", "--json", "--expired", "--dry-run", "--max-size", "4k")
	if r.Expired != 1 || r.Evicted == 0 || r.Results+r.Evicted != 5 {
		t.Errorf("dry run: %+v", r)
	}
	dry := r
	s.decode(&r, "gc", "--json", "--expired", "--max-size", "4k")
	if dry.DryRun = false; r != dry {
		t.Errorf("gc: %+v, but the dry run said %+v", r, dry)
	}
	var st statsReport
	if s.decode(&st, "stats", "--json"); st.Results != r.Results || st.Size != r.Size || st.Evictions != r.Evicted {
		t.Errorf("stats %+v after gc %+v", st, r)
	}
	s.want("gc")
	if code := s.memo("gc", "--max-size", "x"); code != 125 {
		t.Errorf("a wrong size: exit code %d", code)
	}
}

func TestVerify(t *testing.T) {
	s := newShelf(t)
	s.put(hourly("good"), "x", "")
	ref := s.put(hourly("bad"), "x", "")
	if out := s.want("verify"); out != "3 files checked, all sound\n" {
		t.Errorf("verify: %q", out)
	}
	if err := os.Truncate(s.store.ResultPath(ref), 60); err != nil {
		t.Fatal(err)
	}
	if code := s.memo("verify"); code != 1 || !strings.Contains(s.out.String(), s.store.ResultPath(ref)) || s.err.Len() > 0 {
		t.Errorf("exit code %d, %s%s", code, &s.out, &s.err)
	}
	var r verifyReport
	if s.decode(&r, "verify", "--fix", "--json"); r.Damaged != 1 || r.Removed != 1 || len(r.Problems) != 1 {
		t.Errorf("verify --fix: %+v", r)
	}
	if s.decode(&r, "verify", "--json"); r.Files != 3 || r.Damaged != 0 {
		t.Errorf("after --fix: %+v", r)
	}
}

// TestInspectNothing looks at a store that is not there: it is empty, and
// stays away.
func TestInspectNothing(t *testing.T) {
	home := t.TempDir()
	s := &shelf{T: t, dir: home}
	var err error
	if s.store, err = store.Open(filepath.Join(home, "none"), store.Options{Existing: true}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"list", "stats", "stats reset", "gc", "gc --expired", "verify", "invalidate --all", "invalidate --expired"} {
		s.want(strings.Fields(line)...)
	}
	if found, err := filepath.Glob(filepath.Join(home, "*")); err != nil || len(found) > 0 {
		t.Errorf("created %q", found)
	}
	if code := s.memo("show", "--", "x"); code != 75 {
		t.Errorf("show: exit code %d", code)
	}
}
