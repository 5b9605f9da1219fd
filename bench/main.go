package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

type options struct {
	memo    string // path of the binary to measure
	rounds  int
	results int // in the large store
	run     *regexp.Regexp
	check   bool
}

func main() {
	opts, err := parse(os.Args[1:])
	if err == nil {
		err = bench(opts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ExitOnError)
	fs.StringVar(&o.memo, "memo", "", "measure this `binary` (default: build one)")
	fs.IntVar(&o.rounds, "rounds", 200, "how often each row is measured")
	fs.IntVar(&o.results, "results", 100_000, "how many results the large store has")
	fs.BoolVar(&o.check, "check", false, "exit with 1 if a bound is broken")
	run := fs.String("run", "", "measure only rows that match this `regexp`")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	var err error
	o.run, err = regexp.Compile(*run)
	return o, err
}

func bench(o options) error {
	dir, err := os.MkdirTemp("", "memo-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	dir, err = filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	s, err := newSite(dir, o)
	if err != nil {
		return err
	}
	if err := adoptOrphans(); err != nil {
		return err
	}
	rows := selected(allRows(s), o.run)
	for _, r := range rows {
		if r.setup == nil {
			continue
		}
		if err := r.setup(); err != nil {
			return fmt.Errorf("set up %q: %w", r.name, err)
		}
	}
	if err := measure(rows, o.rounds); err != nil {
		return err
	}
	broken := report(os.Stdout, rows)
	if o.check && broken > 0 {
		return fmt.Errorf("%d bounds are broken", broken)
	}
	return nil
}
