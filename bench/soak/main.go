//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	memo     string
	seed     uint64
	world    int // only this one, if not negative
	duration time.Duration
	shrink   time.Duration
	steps    int
	callers  int
	recall   string
	out      string
	mount    bool
	stop     context.Context // done when a signal arrives; never before that
}

func main() {
	o, err := parse(os.Args[1:])
	if err == nil {
		err = soak(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func parse(args []string) (*options, error) {
	o := &options{stop: context.Background()}
	fs := flag.NewFlagSet("soak", flag.ExitOnError)
	fs.StringVar(&o.memo, "memo", "", "a `binary` that is built with -tags memotest (default: build one)")
	fs.Uint64Var(&o.seed, "seed", 0, "what decides everything random (default: another one each time)")
	fs.IntVar(&o.world, "world", -1, "only the world with this `number`")
	fs.DurationVar(&o.duration, "duration", 10*time.Minute, "begin no world after this time")
	fs.DurationVar(&o.shrink, "shrink", 5*time.Minute, "spend no longer on making a failure smaller")
	fs.IntVar(&o.steps, "steps", 80, "steps in a world")
	fs.IntVar(&o.callers, "callers", 2, "calls that begin at once")
	fs.StringVar(&o.recall, "recall", "both", "on, off, or both in turn")
	fs.StringVar(&o.out, "out", ".", "the `directory` for the script of a failure")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if o.recall != "on" && o.recall != "off" && o.recall != "both" {
		return nil, fmt.Errorf("-recall %q is neither on, off nor both", o.recall)
	}
	if o.seed == 0 {
		o.seed = rand.Uint64()
	}
	return o, nil
}

// soak makes worlds until the time is over or a promise is broken.
func soak(o *options) error {
	o.mount = isolate()
	base, err := os.MkdirTemp("", "memo-soak")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	if base, err = filepath.EvalSymlinks(base); err != nil {
		return err
	}
	if o.memo, err = binary(o.memo, base); err != nil {
		return err
	}
	var restore func()
	o.stop, restore = signal.NotifyContext(o.stop, os.Interrupt, syscall.SIGTERM)
	defer restore()
	fmt.Printf("seed %d\n", o.seed)
	c := newCounts()
	defer c.print(os.Stdout)
	for began, n := time.Now(), max(o.world, 0); ; n++ {
		if err := o.soakWorld(uint64(n), base, c); err != nil {
			return err
		}
		if o.stop.Err() != nil {
			return errors.New("interrupted")
		}
		if o.world >= 0 || time.Since(began) > o.duration {
			break
		}
	}
	return c.vacuous(hasRecall(o.memo))
}

// hasRecall reports whether a memo was built with recall.
func hasRecall(memo string) bool {
	out, err := exec.Command(memo, "version").Output()
	return err == nil && regexp.MustCompile(`(?m)^recall +on`).Match(out)
}

// binary returns the absolute path of memo, which it builds if none is given.
func binary(memo, base string) (string, error) {
	if memo != "" {
		return filepath.Abs(memo)
	}
	memo = filepath.Join(base, "memo")
	build := exec.Command("go", "build", "-tags", "memotest", "-o", memo, "github.com/seed-f39940ff/memo")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return memo, nil
}

// soakWorld carries out the plan of one world. A violation is an error, after
// it was written down as a script.
func (o *options) soakWorld(n uint64, base string, c *counts) error {
	pl := newPlan(o.seed, n, o)
	c.worlds++
	if pl.recall {
		c.withRecall++
	}
	if pl.disk {
		c.disk++
	}
	bad, err := o.try(&pl, pl.steps, base, c)
	if bad == nil || err != nil {
		return err
	}
	fmt.Printf("world %d: %v\n", n, bad)
	found, err := o.explain(&pl, bad, n, base)
	if err != nil {
		return err
	}
	fmt.Printf("%d steps, made %d: %s\n", bad.step+1, len(found.result.steps), found.result.honesty())
	return fmt.Errorf("%w\nthe script is %s", found.bad, found.script)
}

// try does steps in a new world.
func (o *options) try(pl *plan, steps []step, base string, c *counts) (*violation, error) {
	dir, err := os.MkdirTemp(base, "world")
	if err != nil {
		return nil, err
	}
	w, err := newWorld(dir, o, pl, c)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return w.play(steps)
}

// A finding is a violation with the smallest steps that lead to it.
type finding struct {
	bad    *violation // the last time that they did
	result shrunk
	script string // path
}

// explain makes a failure smaller and writes the script.
func (o *options) explain(pl *plan, bad *violation, world uint64, base string) (*finding, error) {
	last, none := bad, newCounts()
	s := &shrinker{deadline: time.Now().Add(o.shrink), fails: func(steps []step) bool {
		if o.stop.Err() != nil {
			return false
		}
		again, err := o.try(pl, steps, base, none)
		if err != nil || again == nil || again.rule != bad.rule {
			return false
		}
		last = again
		return true
	}}
	result := s.shrink(pl.steps[:bad.step+1])
	path := filepath.Join(o.out, fmt.Sprintf("soak-%d-%d.sh", o.seed, world))
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	writeScript(f, o, pl, result, last, world)
	return &finding{last, result, path}, f.Close()
}
