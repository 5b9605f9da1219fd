//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// lifetime bounds how long a world goes on, so that no result in it ages by
// more than the clock is set.
const lifetime = 50 * time.Second

// A world is a directory in which a plan is carried out. Its methods may be
// called by several operations at once.
type world struct {
	dir    string
	memo   string
	recall bool
	disk   bool
	counts *counts
	stop   context.Context

	clock, variable string // for calls that begin now; changed between steps only

	mu      sync.Mutex
	model   *model
	nextID  int
	keepers []*exec.Cmd
	callers map[int]*exec.Cmd // by the place of the call in its step
}

// newWorld makes a world in an empty directory.
func newWorld(dir string, o *options, pl *plan, c *counts) (*world, error) {
	w := &world{
		dir: dir, memo: o.memo, recall: pl.recall, disk: pl.disk, counts: c, stop: o.stop,
		clock: "0s", variable: "unset", model: newModel(), callers: map[int]*exec.Cmd{},
	}
	for name, text := range map[string]string{"prelude.sh": preludeText, "prog.sh": programText} {
		if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return w, w.shell("begin")
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// cache is the cache directory.
func (w *world) cache() string {
	if w.disk {
		return w.path("disk/cache")
	}
	return w.path("cache")
}

// variables are what the prelude needs.
func (w *world) variables() []string {
	recall, disk := "1", ""
	if !w.recall {
		recall = "0"
	}
	if w.disk {
		disk = "1"
	}
	return []string{
		"W=" + w.dir, "MEMO=" + w.memo, "MEMO_RECALL=" + recall, "MEMO_CACHE_DIR=" + w.cache(), "SOAK_DISK=" + disk,
	}
}

// shell carries out a line of shell.
func (w *world) shell(line string) error {
	cmd := exec.Command("sh", "-c", ". ./prelude.sh; "+line)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), w.variables()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", line, err, out)
	}
	return nil
}

// play carries out steps and returns the first violation, or an error of soak
// itself.
func (w *world) play(steps []step) (*violation, error) {
	deadline := time.Now().Add(lifetime)
	for i, s := range steps {
		if time.Now().After(deadline) || w.stop.Err() != nil {
			break
		}
		if bad, err := w.step(i, s); bad != nil || err != nil {
			return bad, err
		}
	}
	w.killKeepers()
	if w.stop.Err() != nil {
		return nil, nil
	}
	if bad := w.settle(len(steps) - 1); bad != nil {
		return bad, nil
	}
	return w.model.judgeRuns(w.path("runs"))
}

// step carries out the operations of a step and judges its calls.
func (w *world) step(i int, s step) (*violation, error) {
	var wait sync.WaitGroup
	errs := make([]error, len(s))
	bads := make([]*violation, len(s))
	for n := range s {
		wait.Go(func() {
			time.Sleep(s[n].after)
			bads[n], errs[n] = w.do(i, n, &s[n])
		})
	}
	wait.Wait()
	clear(w.callers)
	if w.stop.Err() != nil { // the signal may have reached memo too
		return nil, nil
	}
	for n := range s {
		if errs[n] != nil {
			return nil, errs[n]
		}
		if bads[n] != nil {
			return bads[n], nil
		}
		w.counts.tried(s[n].label())
	}
	if len(s) > 1 {
		w.counts.tried("at once")
	}
	return w.model.judgeCalls(w.path("runs"), w.counts)
}

// do carries out one operation, the nth of step i.
func (w *world) do(i, n int, o *op) (*violation, error) {
	switch o.kind {
	case call:
		return w.call(i, n, o)
	case keep:
		return nil, w.keep(o)
	case invalidate, other:
		return w.other(i, o)
	case kill:
		return nil, w.kill(o)
	case settle:
		return w.settle(i), nil
	case setClock:
		w.clock = o.value
		return nil, nil
	case setVar:
		w.variable = o.value
		return nil, nil
	}
	if o.kind == change || o.kind == configure {
		name, text := o.name, o.value
		if o.kind == configure {
			name, text = "config", o.name
		}
		w.model.inputs.begin(name, time.Now())
		defer func() { w.model.inputs.end(name, text, time.Now()) }()
	}
	return nil, w.shell(o.commandLine())
}

// environ is what memo is called with; the prelude's call says the same.
func (w *world) environ(id string) []string {
	env := []string{
		"PATH=" + w.path("bin") + ":/usr/bin:/bin", "HOME=" + w.path("home"), "LANG=C.UTF-8", "TZ=UTC",
		"TESTING_MEMO_CLOCK=" + w.clock, "SOAK_WORLD=" + w.dir, "SOAK_RUNS=" + w.path("runs"), "SOAK_CALL=" + id,
	}
	if w.variable == "unset" {
		env = append(env, "SOAK_NONE=")
	} else {
		env = append(env, "SOAK_VAR="+w.variable)
	}
	for _, v := range w.variables() {
		if strings.HasPrefix(v, "MEMO_") {
			env = append(env, v)
		}
	}
	return env
}

// id returns the name of a new call.
func (w *world) id() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nextID++
	return strconv.Itoa(w.nextID)
}

// recorded returns how long the record of runs is.
func (w *world) recorded() int64 {
	fi, err := os.Stat(w.path("runs"))
	if err != nil {
		return 0
	}
	return fi.Size()
}

// close ends what is left of the world.
func (w *world) close() {
	w.killKeepers()
	for _, pid := range processesOf(w.dir, "") {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
	}
	if w.disk {
		_ = syscall.Unmount(w.path("disk"), syscall.MNT_DETACH) // its namespace goes with soak
	}
	_ = os.RemoveAll(w.dir) // it lies in a directory that is removed at the end
}
