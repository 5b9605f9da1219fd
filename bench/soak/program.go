//go:build linux

package main

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"time"
)

//go:embed prog.sh
var programText string

//go:embed prelude.sh
var preludeText string

// A run is one execution of the program, as it recorded it itself.
type run struct {
	id     string // SOAK_CALL of the caller, a dot, the process
	call   string // the first part of id
	start  int64  // where in the record its start lies
	clock  time.Duration
	code   int
	big    bool
	values []value // what it saw
	known  bool    // it came so far that it knew its values
	ended  bool    // it printed everything
}

// A value is what an input is.
type value struct{ name, text string }

// readRuns returns all runs by id.
func readRuns(file string) (map[string]*run, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	runs := map[string]*run{}
	offset := int64(0)
	for line := range strings.Lines(string(text)) {
		if err := addLine(runs, line, offset); err != nil {
			return nil, err
		}
		offset += int64(len(line))
	}
	return runs, nil
}

// addLine takes in one line of the record.
func addLine(runs map[string]*run, line string, offset int64) error {
	words := strings.Fields(line)
	if len(words) < 2 {
		return fmt.Errorf("line %q in the record of runs", line)
	}
	r := runs[words[1]]
	switch {
	case words[0] == "start":
		call, _, _ := strings.Cut(words[1], ".")
		runs[words[1]] = &run{id: words[1], call: call, start: offset}
	case r == nil:
		return fmt.Errorf("no start before %q in the record of runs", line)
	case words[0] == "end":
		r.ended = true
	default:
		r.known = true
		return r.parse(words[2:])
	}
	return nil
}

// parse takes what a run saw from the words of its line.
func (r *run) parse(words []string) error {
	for _, word := range words {
		name, text, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "clock":
			r.clock, err = time.ParseDuration(text)
		case "code":
			_, err = fmt.Sscan(text, &r.code)
		case "big":
			r.big = text == "1"
		default:
			r.values = append(r.values, value{name, text})
		}
		if err != nil {
			return fmt.Errorf("%q in the record of runs: %w", word, err)
		}
	}
	return nil
}

// stdout is what the run printed, byte for byte.
func (r *run) stdout() string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %s", r.id)
	for _, v := range r.values {
		fmt.Fprintf(&b, " %s=%s", v.name, v.text)
	}
	b.WriteByte('\n')
	if r.big {
		for i := range 3000 {
			fmt.Fprintf(&b, "line %d of the filling of big\n", i)
		}
	}
	fmt.Fprintf(&b, "end of %s\n", r.id)
	return b.String()
}

func (r *run) stderr() string { return "error of " + r.id + "\n" }

// runID returns the name of the run that printed a text.
func runID(stdout string) string {
	first, _, whole := strings.Cut(stdout, "\n")
	words := strings.Fields(first)
	if !whole || len(words) < 2 || words[0] != "run" {
		return ""
	}
	return words[1]
}
