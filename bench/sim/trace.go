package main

import (
	"bufio"
	"cmp"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"
)

//go:embed testdata/*.trace
var recorded embed.FS

// A request is one call of a command.
type request struct {
	at      time.Duration // since the beginning of the trace
	took    time.Duration
	size    int64
	ttl     time.Duration // 0: none
	command string        // and the state that it depends on
}

// A trace is what was run, in the order of time.
type trace struct {
	name     string
	requests []request
}

// footprint returns what all results take together: of each command the
// largest.
func (t *trace) footprint() int64 {
	largest := map[string]int64{}
	for _, r := range t.requests {
		largest[r.command] = max(largest[r.command], r.size)
	}
	var sum int64
	for _, n := range largest {
		sum += n
	}
	return sum
}

// recordedTraces returns the traces in testdata, and one of all together, as a
// store sees them that serves all kinds of work.
func recordedTraces() ([]trace, error) {
	files, err := fs.Glob(recorded, "testdata/*.trace")
	if err != nil {
		return nil, err
	}
	var traces []trace
	mixed := trace{name: "mixed"}
	for _, file := range files {
		f, err := recorded.Open(file)
		if err != nil {
			return nil, err
		}
		t, err := readTrace(strings.TrimSuffix(path.Base(file), ".trace"), f)
		if err != nil {
			return nil, err
		}
		traces = append(traces, t)
		mixed.requests = append(mixed.requests, t.requests...)
	}
	slices.SortStableFunc(mixed.requests, func(a, b request) int { return cmp.Compare(a.at, b.at) })
	return append(traces, mixed), nil
}

// readTrace reads a trace: a line for each call, of seconds since the
// beginning, run time, size, lifetime or "-", and command. Lines that begin
// with # are comments.
func readTrace(name string, r io.Reader) (trace, error) {
	t := trace{name: name}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		req, err := parseRequest(line)
		if err != nil {
			return t, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if last := len(t.requests) - 1; last >= 0 && req.at < t.requests[last].at {
			return t, fmt.Errorf("%s:%d: earlier than the line before", name, n)
		}
		t.requests = append(t.requests, req)
	}
	return t, lines.Err()
}

func parseRequest(line string) (r request, err error) {
	fields := strings.SplitN(line, " ", 5)
	if len(fields) != 5 {
		return r, fmt.Errorf("%q: want seconds, run time, size, lifetime and command", line)
	}
	seconds, err := strconv.ParseUint(fields[0], 10, 31)
	if err != nil {
		return r, err
	}
	r.at, r.command = time.Duration(seconds)*time.Second, fields[4]
	if r.took, err = time.ParseDuration(fields[1]); err != nil {
		return r, err
	}
	size, err := units.RAMInBytes(fields[2])
	if err != nil {
		return r, err
	}
	r.size = size
	if fields[3] != "-" {
		days, inDays := strings.CutSuffix(fields[3], "d")
		if inDays {
			n, err := strconv.Atoi(days)
			r.ttl = time.Duration(n) * 24 * time.Hour
			return r, err
		}
		r.ttl, err = time.ParseDuration(fields[3])
	}
	return r, err
}
