//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Counts are what was tried and what calls answered.
type counts struct {
	worlds           int
	tries, answers   map[string]int
	withRecall, disk int
	started          bool // the start of Go was seen
}

// byRecall is the answer of a call that did not start Go.
const byRecall = "replayed by recall"

func newCounts() *counts { return &counts{tries: map[string]int{}, answers: map[string]int{}} }

func (c *counts) tried(label string)    { c.tries[label]++ }
func (c *counts) answered(label string) { c.answers[label]++ }

// vacuous returns why nothing was tried although nothing failed, or nil.
func (c *counts) vacuous(recall bool) error {
	switch {
	case c.answers["replayed"]+c.answers[byRecall] == 0:
		return errors.New("no call replayed anything")
	case recall && !c.started:
		return errors.New("it can't be seen whether recall or Go served a call")
	case recall && c.withRecall >= 5 && c.answers[byRecall] == 0:
		return errors.New("no call was served by recall")
	}
	return nil
}

// print prints the counts, the most frequent kinds first.
func (c *counts) print(w io.Writer) {
	fmt.Fprintf(w, "%d worlds, %d of them with recall, %d on a small disk\n", c.worlds, c.withRecall, c.disk)
	table(w, "calls", c.answers)
	table(w, "tried", c.tries)
}

func table(w io.Writer, title string, counted map[string]int) {
	total := 0
	for _, n := range counted {
		total += n
	}
	fmt.Fprintf(w, "%7d %s\n", total, title)
	names := slices.SortedFunc(maps.Keys(counted), func(a, b string) int {
		if counted[a] != counted[b] {
			return counted[b] - counted[a]
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	for _, name := range names {
		fmt.Fprintf(w, "%7d   %s\n", counted[name], name)
	}
}
