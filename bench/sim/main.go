package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/docker/go-units"

	"github.com/seed-f39940ff/memo/store"
)

// shares are the bounds that are tried, in percent of the footprint.
var shares = [...]int{1, 2, 5, 10, 20, 50}

func main() {
	only := flag.String("trace", "", "only the trace of this `name`")
	flag.Parse()
	traces, err := load(flag.Args())
	if err == nil {
		if *only != "" {
			traces = slices.DeleteFunc(traces, func(t trace) bool { return t.name != *only })
		}
		err = compare(os.Stdout, traces)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(1)
	}
}

// load returns the traces of files, or without any those that there are.
func load(files []string) ([]trace, error) {
	if len(files) == 0 {
		traces, err := recordedTraces()
		return append(traces, zipfTraces()...), err
	}
	var traces []trace
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		t, err := readTrace(filepath.Base(file), f)
		f.Close()
		if err != nil {
			return nil, err
		}
		traces = append(traces, t)
	}
	return traces, nil
}

// compare prints a table for each trace: a row for each policy, and for each
// bound the hit rate and the share of run time saved, in percent.
func compare(w io.Writer, traces []trace) error {
	mean := map[string][]figures{}
	for i := range traces {
		t := &traces[i]
		footprint := t.footprint()
		fmt.Fprintf(w, "%s: %d calls, results of %s\n", t.name, len(t.requests), units.BytesSize(float64(footprint)))
		table := newTable(w)
		for _, policy := range store.Policies() {
			row, err := replayAll(t, policy, footprint)
			if err != nil {
				return err
			}
			printRow(table, policy, row)
			mean[policy] = append(mean[policy], row[:len(shares)]...)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "mean of all traces and bounds")
	for _, policy := range store.Policies() {
		var hits, saved float64
		for i := range mean[policy] {
			hits += mean[policy][i].hitRate()
			saved += mean[policy][i].savedShare()
		}
		n := float64(max(len(mean[policy]), 1))
		fmt.Fprintf(w, "%-6s %.1f %% hits, %.1f %% of run time saved\n", policy, hits/n, saved/n)
	}
	return nil
}

// replayAll replays a trace with each bound, at last without any.
func replayAll(t *trace, policy string, footprint int64) ([]figures, error) {
	var row []figures
	for _, share := range shares {
		f, err := replay(t, store.Bounds{MaxSize: max(footprint*int64(share)/100, 1), Policy: policy})
		if err != nil {
			return nil, err
		}
		row = append(row, f)
	}
	all, err := replay(t, store.Bounds{Policy: policy})
	return append(row, all), err
}

func newTable(w io.Writer) *tabwriter.Writer {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "hits / saved\t")
	for _, share := range shares {
		fmt.Fprintf(table, "%d %%\t", share)
	}
	fmt.Fprintln(table, "no bound\t")
	return table
}

func printRow(w io.Writer, policy string, row []figures) {
	fmt.Fprint(w, policy, "\t")
	for i := range row {
		fmt.Fprintf(w, "%.0f / %.0f\t", row[i].hitRate(), row[i].savedShare())
	}
	fmt.Fprintln(w)
}
