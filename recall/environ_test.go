package recall

import (
	"slices"
	"testing"
)

// TestEnviron takes back what start.c hides, and nothing else.
func TestEnviron(t *testing.T) {
	got := Environ([]string{"A=1", "\x01ODEBUG=a=1", "\x01OGC=", "\x01OTHER=2", "\x01O=", "GOGC=3", "\x01X", ""})
	want := []string{"A=1", "GODEBUG=a=1", "GOGC=", "\x01OTHER=2", "\x01O=", "GOGC=3", "\x01X", ""}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
