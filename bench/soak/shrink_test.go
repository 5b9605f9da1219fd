//go:build linux

package main

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

// numbered makes steps that can be told apart by the value of their first
// operation, some with a second one.
func numbered(n int) (steps []step) {
	for i := range n {
		s := step{{kind: setVar, value: strconv.Itoa(i)}}
		if i%3 == 0 {
			s = append(s, op{kind: kill, name: "caller"})
		}
		steps = append(steps, s)
	}
	return steps
}

func contains(steps []step, value string) bool {
	return slices.ContainsFunc(steps, func(s step) bool { return s[0].value == value })
}

func newShrinker(fails func([]step) bool) *shrinker {
	return &shrinker{fails: fails, deadline: time.Now().Add(time.Hour)}
}

func TestShrinkFindsWhatIsNeeded(t *testing.T) {
	s := newShrinker(func(steps []step) bool { return contains(steps, "3") && contains(steps, "17") && contains(steps, "40") })
	got := s.shrink(numbered(50))
	if size(got.steps) != 3 || !got.again || got.together {
		t.Errorf("got %d operations, %+v", size(got.steps), got)
	}
}

func TestShrinkKeepsWhatMeets(t *testing.T) {
	n := 0
	s := newShrinker(func(steps []step) bool {
		n++ // it fails every other time
		return n%2 == 0 && slices.ContainsFunc(steps, func(s step) bool { return s[0].value == "30" && len(s) == 2 })
	})
	got := s.shrink(numbered(50))
	if size(got.steps) != 2 || !got.again || !got.together {
		t.Errorf("got %d operations, %+v", size(got.steps), got)
	}
}

func TestShrinkSaysThatItCouldNot(t *testing.T) {
	got := newShrinker(func([]step) bool { return false }).shrink(numbered(50))
	if len(got.steps) != 50 || got.again {
		t.Errorf("got %d steps, again %v", len(got.steps), got.again)
	}
}

func TestShrinkStopsInTime(t *testing.T) {
	s := newShrinker(func(steps []step) bool { return contains(steps, "3") })
	s.deadline = time.Now()
	if got := s.shrink(numbered(50)); len(got.steps) < 50 || !got.again {
		t.Errorf("got %d steps, again %v", len(got.steps), got.again)
	}
}

func TestShrinkTakesFlagsAway(t *testing.T) {
	inv := &invocation{words: []string{"self"}, tags: []string{"t1"}, policy: policy{ttl: "10m", swr: "20m", report: true}}
	s := newShrinker(func(steps []step) bool { return steps[0][0].inv.swr == "20m" })
	got := s.shrink([]step{{{kind: call, inv: inv, dir: "d0", stdin: "none"}}})
	want := []string{"run", "--swr", "20m", "--", "prog", "self"}
	if args := got.steps[0][0].inv.args("run"); !slices.Equal(args, want) {
		t.Errorf("got %q, want %q", args, want)
	}
	if inv.ttl != "10m" {
		t.Error("the steps that were given have changed")
	}
}
