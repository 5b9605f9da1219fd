package refresh

import (
	"slices"
	"testing"
)

// TestOutside checks that a process outside of any run gets every variable but
// the marker.
func TestOutside(t *testing.T) {
	for _, environ := range [][]string{
		{"A=1", "MARK=x", "MARKED=2"},
		{"A=1", "MARKED=2"},
	} {
		s := &Starter{Environ: environ, Marker: "MARK"}
		if got, want := s.Outside(), []string{"A=1", "MARKED=2"}; !slices.Equal(got, want) {
			t.Errorf("outside of %q: %q, want %q", environ, got, want)
		}
		if s.Environ[1] != environ[1] {
			t.Errorf("the environment became %q", s.Environ)
		}
	}
}

func TestWords(t *testing.T) {
	for job, want := range map[Job][]string{
		Drain:   {"drain-pipes"},
		Refresh: {"run", "--detached=refresh"},
	} {
		if got := job.Words(); !slices.Equal(got, want) {
			t.Errorf("%s: words %q, want %q", job, got, want)
		}
	}
}
