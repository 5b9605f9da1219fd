//go:build linux

package main

import "testing"

func TestSoakThatTriesNothingFails(t *testing.T) {
	full := func() *counts {
		c := newCounts()
		c.withRecall, c.started = 5, true
		c.answers["replayed"], c.answers[byRecall] = 10, 5
		return c
	}
	tests := map[string]struct {
		change func(c *counts)
		recall bool
		fine   bool
	}{
		"all":            {func(*counts) {}, true, true},
		"no replay":      {func(c *counts) { clear(c.answers) }, false, false},
		"no recall":      {func(c *counts) { c.answers[byRecall] = 0 }, true, false},
		"without recall": {func(c *counts) { c.answers[byRecall] = 0 }, false, true},
		"few worlds":     {func(c *counts) { c.answers[byRecall], c.withRecall = 0, 4 }, true, true},
		"no trace":       {func(c *counts) { c.started = false }, true, false},
	}
	for name, test := range tests {
		c := full()
		test.change(c)
		if err := c.vacuous(test.recall); (err == nil) != test.fine {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnnouncementIsTakenOut(t *testing.T) {
	rest, started := withoutAnnouncement("memo: Go was started\nmemo: hit\nerror of 1.2\n")
	if rest != "memo: hit\nerror of 1.2\n" || !started {
		t.Errorf("got %q, %v", rest, started)
	}
	if rest, started := withoutAnnouncement("error of 1.2\n"); rest != "error of 1.2\n" || started {
		t.Errorf("got %q, %v", rest, started)
	}
}
