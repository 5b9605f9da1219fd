package memo

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                             "0s",
		1499 * time.Microsecond:       "1ms",
		1260 * time.Millisecond:       "1.3s",
		59 * time.Second:              "59s",
		time.Minute:                   "1m",
		80 * time.Second:              "1m20s",
		10 * time.Minute:              "10m",
		time.Hour:                     "1h",
		time.Hour + 30*time.Second:    "1h0m30s",
		20*time.Hour + 10*time.Minute: "20h10m",
	} {
		if got := ago(d); got != want {
			t.Errorf("ago(%v): got %q, want %q", d, got, want)
		}
	}
}
