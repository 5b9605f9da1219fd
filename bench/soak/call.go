//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// patience is how long a command of memo may take. It is no measure of speed:
// what takes longer hangs.
const patience = 2 * time.Minute

// A called is a call of memo and what came of it.
type called struct {
	id         string
	step       int
	inv        *invocation
	dir, stdin string
	variable   string
	clock      time.Duration

	begin, end time.Time
	recorded   int64 // length of the record of runs when it began

	stdout, stderr string
	code           int
	killed         bool
	keeper         bool // what it printed is not looked at
	started        bool // Go was: recall did not serve it
}

// newCalled notes what a call is made with.
func (w *world) newCalled(step int, o *op) *called {
	clock, _ := time.ParseDuration(w.clock) // made by Duration.String
	return &called{
		id: w.id(), step: step, inv: o.inv, dir: o.dir, stdin: o.stdin, variable: w.variable, clock: clock,
		begin: time.Now(), recorded: w.recorded(),
	}
}

// command is memo with arguments.
func (w *world) command(ctx context.Context, id, dir, stdin string, args []string) (*exec.Cmd, *os.File, error) {
	cmd := exec.CommandContext(ctx, w.memo, args...)
	cmd.Dir, cmd.Env = w.path(dir), w.environ(id)
	cmd.WaitDelay = 10 * time.Second
	if stdin == "none" {
		return cmd, nil, nil
	}
	f, err := os.Open(w.path("in/" + stdin))
	cmd.Stdin = f
	return cmd, f, err
}

// call makes the call that is the nth operation of a step.
func (w *world) call(step, n int, o *op) (*violation, error) {
	c := w.newCalled(step, o)
	w.mu.Lock()
	w.model.calls = append(w.model.calls, c)
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd, input, err := w.command(ctx, c.id, o.dir, o.stdin, o.inv.args("run"))
	if err != nil {
		return nil, err
	}
	if input != nil {
		defer input.Close()
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(cmd.Env, "TESTING_MEMO_STARTED=1")
	w.mu.Lock()
	err = cmd.Start()
	w.callers[n] = cmd
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	err = cmd.Wait()
	c.end = time.Now()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return nil, err
	}
	c.stdout, c.code = out.String(), cmd.ProcessState.ExitCode()
	c.stderr, c.started = withoutAnnouncement(errs.String())
	if ctx.Err() != nil {
		return c.violation("it does not end", "after %v", patience), nil
	}
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	c.killed = status.Signaled() && status.Signal() == syscall.SIGKILL
	return nil, nil
}

// announcement is the line by which a memo that was built for tests says that Go
// was started; see cmd/announce_memotest.go.
const announcement = "memo: Go was started\n"

// withoutAnnouncement takes that line out.
func withoutAnnouncement(stderr string) (rest string, started bool) {
	rest = strings.ReplaceAll(stderr, announcement, "")
	return rest, rest != stderr
}

// crash is what the Go runtime prints when it gives up, and a sanitizer.
var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d|SIG[A-Z]+: |==\d+==)`)

// other runs a command of memo that prints no output of prog. Of it counts only
// that it ends, does not crash and, if it is an invalidation, that it did it.
func (w *world) other(step int, o *op) (*violation, error) {
	c := &called{id: "0", step: step, begin: time.Now()}
	inv := &invalidation{sel: o.sel, recorded: w.recorded()}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	dir := o.dir
	if dir == "" {
		dir = "d0"
	}
	cmd, _, err := w.command(ctx, "0", dir, "none", o.args)
	if err != nil {
		return nil, err
	}
	text, err := cmd.CombinedOutput()
	c.stdout = string(text)
	if ctx.Err() != nil {
		return c.violation("it does not end", "memo %q", o.args), nil
	}
	if crash.Match(text) {
		return c.violation("it crashes", "memo %q", o.args), nil
	}
	if inv.end = time.Now(); o.kind == invalidate && err == nil {
		w.mu.Lock()
		w.model.invalidations = append(w.model.invalidations, inv)
		w.mu.Unlock()
	}
	return nil, nil
}

// keep starts a keeper.
func (w *world) keep(o *op) error {
	c := w.newCalled(0, o)
	c.keeper = true
	cmd, _, err := w.command(context.Background(), "k"+c.id, o.dir, "none", o.inv.args("keep", "--every", "100ms"))
	if err != nil {
		return err
	}
	c.id = "k" + c.id
	if err := cmd.Start(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.model.calls = append(w.model.calls, c)
	w.keepers = append(w.keepers, cmd)
	return nil
}
