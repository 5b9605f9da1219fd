package memo

import (
	"testing"
	"time"
)

func TestFormatSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                              "0s",
		123456 * time.Nanosecond:       "120µs",
		1499 * time.Microsecond:        "1ms",
		1260 * time.Millisecond:        "1.2s",
		59 * time.Second:               "59s",
		time.Minute - time.Millisecond: "59.9s",
		time.Minute:                    "1m",
		80 * time.Second:               "1m20s",
		10 * time.Minute:               "10m",
		time.Hour:                      "1h",
		time.Hour + 30*time.Second:     "1h",
		20*time.Hour + 10*time.Minute:  "20h10m",
		48 * time.Hour:                 "2d",
		75*time.Hour + 10*time.Minute:  "3d3h",
		1000*24*time.Hour - 1:          "999d23h",
	} {
		if got := FormatSpan(d); got != want {
			t.Errorf("FormatSpan(%v): got %q, want %q", d, got, want)
		}
	}
}

func TestOver(t *testing.T) {
	for want, s := range map[string]Span{
		"made in the future: the clock went back": {State: Stale, Left: time.Hour, Future: true},
		"a failing result that is not kept":       {Left: time.Hour},
		"its lifetime ended 1m20s ago":            {State: Stale, Left: -80 * time.Second},
		"its lifetime ended 2h ago":               {Left: -2 * time.Hour},
	} {
		if got := s.Over().Text; got != want {
			t.Errorf("%+v: got %q, want %q", s, got, want)
		}
	}
}
