package memo

import (
	"testing"
	"time"
)

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
