package memo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A bench is a store and a directory to run shell scripts in.
type bench struct {
	*testing.T
	dir   string
	store *store.Store
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are shell scripts")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(dir, "cache"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t, dir, s}
}

// run runs a script under a policy and returns what it printed.
func (b *bench) run(cmd Command, policy Policy) (Outcome, string, string) {
	b.Helper()
	cmd.Shell = true
	var stdout, stderr bytes.Buffer
	r := &Runner{
		Store:  b.store,
		World:  fingerprint.NewWorld(os.Environ(), b.dir),
		Stdout: &stdout,
		Stderr: &stderr,
	}
	o, err := r.Run(&cmd, &policy)
	if err != nil {
		b.Fatal(err)
	}
	return o, stdout.String(), stderr.String()
}

func (b *bench) write(name, text string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

// counted returns a script that counts its executions in the file "count" and
// then runs more.
func (b *bench) counted(more string) Command {
	return Command{Argv: []string{fmt.Sprintf("cd %q; echo x >>count; %s", b.dir, more)}}
}

func (b *bench) wantRuns(want int) {
	b.Helper()
	text, _ := os.ReadFile(filepath.Join(b.dir, "count"))
	if got := strings.Count(string(text), "x"); got != want {
		b.Errorf("the command ran %d times, want %d", got, want)
	}
}

func TestReplayIsExact(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`printf 'a\0b'; printf 'E' >&2; sleep 0.05; printf 'c'; exit 0`)
	for i, want := range []State{Miss, Hit, Hit} {
		o, stdout, stderr := b.run(cmd, Policy{})
		if o.State != want || stdout != "a\x00bc" || stderr != "E" {
			t.Errorf("call %d: got %v %q %q, want %v", i, o.State, stdout, stderr, want)
		}
	}
	b.wantRuns(1)
}

func TestFailureKeepsItsOwnSlot(t *testing.T) {
	b := newBench(t)
	b.write("code", "0")
	cmd := b.counted(`exit $(cat code)`)
	b.run(cmd, Policy{})
	b.write("code", "3")
	keep := Policy{NegativeTTL: minuteOf(1), Force: true}
	if o, _, _ := b.run(cmd, keep); o.ExitCode != 3 || !o.Stored {
		t.Fatalf("forced: exit code %d, stored %v; want 3, stored", o.ExitCode, o.Stored)
	}
	if o, _, _ := b.run(cmd, Policy{}); o.State != Hit || o.ExitCode != 0 {
		t.Errorf("after a failure: %v with exit code %d, want the good result", o.State, o.ExitCode)
	}
	b.wantRuns(2)
}

func TestFailureIsNotKept(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`echo out; exit 4`)
	for range 2 {
		if o, stdout, _ := b.run(cmd, Policy{}); o.State != Miss || o.ExitCode != 4 || stdout != "out\n" {
			t.Errorf("got %v, exit code %d, %q", o.State, o.ExitCode, stdout)
		}
	}
	b.wantRuns(2)
}

func TestStaleWithoutRefreshIsAMiss(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`:`)
	b.run(cmd, Policy{TTL: expiry.For(1), SWR: minuteOf(60)})
	if o, _, _ := b.run(cmd, Policy{TTL: expiry.For(1), SWR: minuteOf(60)}); o.State != Miss {
		t.Errorf("got %v, want a miss", o.State)
	}
	b.wantRuns(2)
}

func TestDependencyThatChangesMeanwhile(t *testing.T) {
	b := newBench(t)
	b.write("dep", "1")
	cmd := b.counted(`echo 2 >dep; cat dep`)
	cmd.Deps = []string{"dep"}
	o, stdout, _ := b.run(cmd, Policy{})
	if o.Stored || stdout != "2\n" || !strings.Contains(o.NotStored.Text, "changed while it ran") {
		t.Errorf("stored %v (%q), printed %q", o.Stored, o.NotStored.Text, stdout)
	}
}

func TestGoingBackIsAHit(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`cat dep`)
	cmd.Deps = []string{"dep"}
	for i, step := range []struct {
		text string
		want State
	}{{"one", Miss}, {"two", Miss}, {"one", Hit}, {"two", Hit}} {
		b.write("dep", step.text)
		if o, stdout, _ := b.run(cmd, Policy{}); o.State != step.want || stdout != step.text {
			t.Errorf("step %d: %v %q, want %v %q", i, o.State, stdout, step.want, step.text)
		}
	}
	b.wantRuns(2)
}

func TestInvalidationReachesARunInFlight(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`touch started; while [ ! -e go ]; do sleep 0.01; done`)
	cmd.Tags = []string{"t"}
	done := make(chan Outcome)
	go func() {
		o, _, _ := b.run(cmd, Policy{})
		done <- o
	}()
	for {
		if _, err := os.Stat(filepath.Join(b.dir, "started")); err == nil {
			break
		}
		runtime.Gosched()
	}
	if err := b.store.Invalidate(store.Selector{Tags: []string{"t"}}); err != nil {
		t.Fatal(err)
	}
	b.write("go", "")
	if o := <-done; o.Stored {
		t.Error("a result that was invalidated while it was made was stored")
	}
	if o, _, _ := b.run(cmd, Policy{}); o.State != Miss {
		t.Errorf("after that: %v, want a miss", o.State)
	}
}

func TestOneRunForManyCallers(t *testing.T) {
	b := newBench(t)
	for name, code := range map[string]int{"good": 0, "failing": 7} {
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(filepath.Join(b.dir, "count"))
			cmd := b.counted(fmt.Sprintf(`sleep 0.5; echo done; exit %d`, code))
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					if o, stdout, _ := b.run(cmd, Policy{}); o.ExitCode != code || stdout != "done\n" {
						t.Errorf("exit code %d, %q", o.ExitCode, stdout)
					}
				})
			}
			all.Wait()
			b.wantRuns(1)
		})
	}
}

func TestStdinBelongsToTheKey(t *testing.T) {
	b := newBench(t)
	large := strings.Repeat("0123456789", 1_000_000)
	for _, text := range []string{"", "a", "b", large, large + "x"} {
		for _, want := range []State{Miss, Hit} {
			cmd := b.counted(`cat`)
			cmd.Stdin = strings.NewReader(text)
			if o, stdout, _ := b.run(cmd, Policy{}); o.State != want || stdout != text {
				t.Errorf("stdin of %d bytes: %v, %d bytes; want %v", len(text), o.State, len(stdout), want)
			}
		}
	}
	b.wantRuns(5)
}

func TestTooLargeIsPassedOn(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`head -c 300000 /dev/zero`)
	for range 2 {
		if o, stdout, _ := b.run(cmd, Policy{MaxOutput: 200_000}); o.Stored || len(stdout) != 300_000 {
			t.Errorf("stored %v, %d bytes", o.Stored, len(stdout))
		}
	}
	b.wantRuns(2)
}

func TestTimeoutEndsTheWholeTree(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`sh -c 'trap "" TERM; sleep 600' & wait`)
	o, _, _ := b.run(cmd, Policy{Timeout: 200e6})
	if o.ExitCode != ExitTimeout || o.Stored {
		t.Errorf("exit code %d, stored %v; want %d, not stored", o.ExitCode, o.Stored, ExitTimeout)
	}
}
