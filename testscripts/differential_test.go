//go:build unix

package testscripts

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestDifferential drives the same random steps against two caches, one with
// recall and one without. Output, exit code and the decision to run the command
// must agree at every step. A failing test prints its seed. To replay it, or to
// run more steps than `make test`:
//
//	MEMO_DIFF_SEED=SEED MEMO_DIFF_STEPS=5000 go test -run TestDifferential ./testscripts
func TestDifferential(t *testing.T) {
	steps := 400
	if text := os.Getenv("MEMO_DIFF_STEPS"); text != "" {
		var err error
		if steps, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	seeds := []uint64{rand.Uint64(), rand.Uint64(), rand.Uint64()}
	if text := os.Getenv("MEMO_DIFF_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = []uint64{seed}
	}
	if cgoDefault(t) != "1" {
		t.Skip("no C compiler: there is no recall to compare with")
	}
	bin := buildBinaries(t, []mode{{cgo: true}})[true]
	// On a busy machine Go may serve most calls of a single seed, because
	// recall does not serve young files. Over all seeds recall must serve a
	// fair share.
	var calls, recalled atomic.Int64
	t.Cleanup(func() {
		if recalled.Load() < calls.Load()/20 {
			t.Errorf("only %d of %d calls were served by recall", recalled.Load(), calls.Load())
		}
	})
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			d := newDifferential(t, bin, seed)
			for d.step = range steps {
				d.next()
			}
			t.Logf("%d of %d calls were served by recall, %d ran the command", d.recalled, d.calls, d.runs)
			calls.Add(int64(d.calls))
			recalled.Add(int64(d.recalled))
		})
	}
}

// A differential is a small world with two caches.
type differential struct {
	t     *testing.T
	rng   *rand.Rand
	bin   string
	base  string
	env   map[string]string // variables that steps change
	clock time.Duration
	// invocations are the arguments of `memo run` that steps choose from.
	invocations [][]string

	step, calls, recalled, runs int
	log                         []string // what was done
}

const differentialProgram = `#!/bin/sh
echo x >>"$COUNT"
echo "%s $(wc -l <"$COUNT") $* FOO=$FOO AWS=$AWS_A$AWS_B"
echo "in $(pwd -P)" >&2
for f; do [ -f "$f" ] && cat "$f"; [ -d "$f" ] && ls "$f"; done
[ ! -e /dev/null/x ] && [ ! -e "$FAIL" ] || exit 3
`

func newDifferential(t *testing.T, bin string, seed uint64) *differential {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &differential{t: t, rng: rand.New(rand.NewPCG(seed, 0)), bin: bin, base: base, env: map[string]string{}}
	for _, dir := range []string{"home/.config/memo", "bin1", "bin2", "top/project/sub", "top/project/d"} {
		if err := os.MkdirAll(d.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.write("bin2/prog", fmt.Sprintf(differentialProgram, "run"), 0o755)
	for _, f := range []string{"a", "b", "c", "d/1.txt", "d/2.txt", "sub/a"} {
		d.write("top/project/"+f, f+"\n", 0o600)
	}
	for range 8 {
		d.invocations = append(d.invocations, d.invent())
	}
	return d
}

func (d *differential) path(name string) string { return filepath.Join(d.base, name) }

// write writes a file in one of the ways of editors.
func (d *differential) write(name, content string, mode os.FileMode) {
	path := d.path(name)
	if fi, err := os.Lstat(path); err == nil && !fi.Mode().IsRegular() {
		os.RemoveAll(path)
	}
	if d.rng.IntN(2) == 0 {
		path += ".new"
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Rename(path, d.path(name)); err != nil {
		d.t.Fatal(err)
	}
}

func pick[T any](d *differential, choices ...T) T { return choices[d.rng.IntN(len(choices))] }

// note adds a line to the log of steps.
func (d *differential) note(format string, args ...any) {
	d.log = append(d.log, fmt.Sprintf("%4d  ", d.step)+fmt.Sprintf(format, args...))
}

// next does a step: usually a call, else a change.
func (d *differential) next() {
	if d.rng.IntN(100) < 65 {
		args := pick(d, d.invocations...)
		for range 1 + d.rng.IntN(4) { // the first may leave a record for the others
			d.call(args)
		}
		return
	}
	changes := d.changes()
	changes[d.rng.IntN(len(changes))]()
}

// invent returns random arguments of `memo run`.
func (d *differential) invent() []string {
	args := []string{"run"}
	maybe := func(percent int, more ...string) {
		if d.rng.IntN(100) < percent {
			args = append(args, more...)
		}
	}
	maybe(50, "-t", pick(d, "0s", "1m", "10m", "1h", "1d", "never", "18:00"))
	maybe(40, "-d", pick(d, "a", "b", "d", "d/*.txt", "**/a", "absent", "sub", "a"))
	maybe(20, "-d", pick(d, "c", "sub", "d/1.txt", "!d/2.txt", "link"))
	maybe(25, "-e", "FOO")
	maybe(25, "-e", "AWS_*")
	maybe(30, "--tag", pick(d, "t1", "t2"))
	maybe(20, "--scope", pick(d, "s1", "s2"))
	maybe(15, "--any-cwd")
	maybe(15, "--no-program")
	maybe(25, "--negative-ttl", "5m")
	maybe(10, "--cache-exit", "0,3")
	maybe(15, "--stale-if-error", "1h")
	maybe(10, "--retry", "1", "--retry-backoff", "1ms")
	maybe(30, "--swr", pick(d, "2h", "2d"))
	maybe(15, "--max-wait", "1h")
	maybe(12, "--version-cmd", "cat c 2>&1", "--version-ttl", pick(d, "5m", "1h"))
	maybe(5, "--version-cmd", "cat c 2>&1")
	maybe(10, "--key", pick(d, "{0}", "{@} {env.FOO}", "{cwd}"))
	maybe(10, "-q")
	maybe(4, "-f")
	maybe(4, "--only-cached")
	if d.rng.IntN(5) == 0 {
		return append(args, "-c", `prog "$@"`, "sh", "a")
	}
	return append(append(args, "prog"), pick(d, []string{}, []string{"a"}, []string{"b", "d"}, []string{"link", ""})...)
}

// An answer is the outcome of a call with one cache.
type answer struct {
	stdout, stderr string
	code           int
	runs           int // so far
}

// durations matches the parts of the output that may differ between the caches,
// by some milliseconds.
var durations = regexp.MustCompile(`[0-9.]+(ns|µs|ms|s|m|h)\b`)

// memo runs memo for one of the caches and reports whether Go was started.
func (d *differential) memo(cache, dir string, args []string) (answer, bool) {
	cmd := exec.Command(d.bin, args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + d.path("bin1") + ":" + d.path("bin2") + ":/usr/bin:/bin",
		"HOME=" + d.path("home"), "LANG=C.UTF-8", "TZ=UTC",
		"MEMO_CACHE_DIR=" + d.path(cache),
		"COUNT=" + d.path("count-"+cache), "FAIL=" + d.path("fail"),
		"TESTING_MEMO_CLOCK=" + d.clock.String(),
	}
	if cache == "slow" {
		cmd.Env = append(cmd.Env, "MEMO_RECALL=0")
	} else {
		cmd.Env = append(cmd.Env, "TESTING_MEMO_STARTED=1")
	}
	for name, value := range d.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		d.t.Fatal(err)
	}
	ran := false
	var lines []string
	for line := range strings.Lines(errs.String()) {
		if line == started {
			ran = true
			continue
		}
		lines = append(lines, line)
	}
	d.settle(args)
	count, _ := os.ReadFile(d.path("count-" + cache))
	stderr := durations.ReplaceAllString(strings.Join(lines, ""), "TIME")
	stderr = strings.ReplaceAll(stderr, d.path(cache), "CACHE")
	return answer{out.String(), stderr, cmd.ProcessState.ExitCode(), bytes.Count(count, []byte("\n"))}, ran
}

// settle waits until background runs have ended, so that the next step finds
// both caches in the same state.
func (d *differential) settle(args []string) {
	if !slices.Contains(args, "--swr") && !slices.Contains(args, "--max-wait") && d.env["MEMO_SWR"] == "" {
		return
	}
	for range 1000 {
		if !runningWith("HOME=" + d.path("home")) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	d.t.Fatal("a background process does not end")
}

// call runs an invocation with both caches and compares the answers.
func (d *differential) call(args []string) {
	dir := d.path(pick(d, "top/project", "top/project", "top/project", "top/project/sub"))
	d.note("%s: memo %q", filepath.Base(dir), args)
	fast, ran := d.memo("fast", dir, args)
	slow, _ := d.memo("slow", dir, args)
	d.calls++
	if !ran {
		d.recalled++
	}
	d.compare(fast, slow, !ran)
	d.runs = fast.runs
}

// both runs another command of memo with both caches.
func (d *differential) both(args ...string) {
	d.note("memo %q", args)
	fast, _ := d.memo("fast", d.path("top/project"), args)
	slow, _ := d.memo("slow", d.path("top/project"), args)
	d.compare(fast, slow, false)
}

// compare fails the test if the caches differ.
func (d *differential) compare(fast, slow answer, recalled bool) {
	if fast != slow {
		d.t.Fatalf("step %d: the caches differ (served by recall: %v)\nwith recall:    %+v\nwithout recall: %+v\n%s",
			d.step, recalled, fast, slow, strings.Join(d.log[max(0, len(d.log)-60):], "\n"))
	}
}
