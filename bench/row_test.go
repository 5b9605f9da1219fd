package main

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func fixed(d time.Duration) func(int) (time.Duration, error) {
	return func(int) (time.Duration, error) { return d, nil }
}

func TestReportJudgesBounds(t *testing.T) {
	rows := []*row{
		{name: "base", once: fixed(10 * time.Millisecond)},
		{name: "good", once: fixed(11 * time.Millisecond), base: "base", bound: 1.2},
		{name: "bad", once: fixed(13 * time.Millisecond), base: "base", bound: 1.2},
		{name: "slow", once: fixed(2 * time.Second), limit: time.Second},
	}
	if err := measure(rows, 3); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if got, want := report(&out, rows), 2; got != want {
		t.Errorf("%d bounds broken, want %d:\n%s", got, want, &out)
	}
	if got, want := strings.Count(out.String(), "BROKEN"), 2; got != want {
		t.Errorf("%d rows marked, want %d:\n%s", got, want, &out)
	}
}

func TestSelectedKeepsBaselines(t *testing.T) {
	rows := selected([]*row{{name: "a"}, {name: "b", base: "a"}, {name: "c"}}, regexp.MustCompile("^b$"))
	if len(rows) != 2 || rows[0].name != "a" || rows[1].name != "b" {
		t.Errorf("got %d rows, want b and its baseline a", len(rows))
	}
}

func TestSlowRowsTakeFewerTurns(t *testing.T) {
	r := &row{name: "slow", once: fixed(time.Second), every: 10}
	if err := measure([]*row{r}, 20); err != nil {
		t.Fatal(err)
	}
	if got, want := len(r.times), 2; got != want {
		t.Errorf("measured %d times, want %d", got, want)
	}
}
