package fingerprint

import (
	"slices"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	w := NewWorld([]string{"AWS_B=2", "AWS_A=secret", "EMPTY=", "LC_ALL=C", "A=first", "A=last", "AWS_X/Y=1", "=weird"}, "/")
	got := Environment(w, []string{"AWS_*", "UNSET", "EMPTY", "AWS_A"}, DefaultKeyEnv())
	var names []string
	for _, e := range got {
		names = append(names, e.Name)
		if e.Set == e.Digest.IsZero() {
			t.Errorf("%s: set %v with digest %v", e.Name, e.Set, e.Digest)
		}
	}
	want := []string{"AWS_A", "AWS_B", "AWS_X/Y", "EMPTY", "LANG", "LANGUAGE", "LC_ALL", "TZ", "UNSET"}
	if !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	if w.EnvState("UNSET") == w.EnvState("EMPTY") {
		t.Error("unset and empty are one state")
	}
	if v, ok := w.LookupEnv("A"); v != "last" || !ok {
		t.Errorf("A = %q %v, want the last value", v, ok)
	}
	c := w.Consulted()
	if !slices.Equal(c.Globs, []string{"AWS_*", "LC_*"}) {
		t.Errorf("globs %q", c.Globs)
	}
	if !slices.Contains(c.Names, "UNSET") || !slices.Contains(c.Names, "AWS_B") {
		t.Errorf("names %q lack what was looked up", c.Names)
	}
}

func TestMatchEnvWholeName(t *testing.T) {
	w := NewWorld([]string{"MY_AWS_A=1", "AWS_A=1", "AWS=1"}, "/")
	if got := w.MatchEnv("AWS_*"); !slices.Equal(got, []string{"AWS_A"}) {
		t.Errorf("AWS_* matches %q", got)
	}
	if got := w.MatchEnv("["); got != nil {
		t.Errorf("a bad glob matches %q", got)
	}
}

func TestValidEnvName(t *testing.T) {
	for _, name := range []string{"A", "AWS_*", "a.b", "[AB]_X"} {
		if err := ValidEnvName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "A=B", "A\x00", "[", "="} {
		if err := ValidEnvName(name); err == nil || !strings.Contains(err.Error(), "environment variable") {
			t.Errorf("ValidEnvName(%q) = %v, want an error that names it", name, err)
		}
	}
}
