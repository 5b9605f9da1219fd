package memo

import (
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func TestExpandTemplate(t *testing.T) {
	w := fingerprint.NewWorld([]string{"A=x", "EMPTY="}, "/dir")
	argv := []string{"prog", "one", "two"}
	rows := []struct{ template, want string }{
		{"", ""},
		{"plain", "plain"},
		{"{0}", "\x00prog\x00"},
		{"{1}-{2}", "\x00one\x00-\x00two\x00"},
		{"{@}", "\x00one\x00two\x00"},
		{"{env.A}", "\x00x\x00"},
		{"{env.EMPTY}", "\x00\x00"},
		{"{env.UNSET}", "\x00"},
		{"{cwd}", "\x00/dir\x00"},
		{"{{0}}", "{0}"},
	}
	for _, row := range rows {
		got, err := ExpandTemplate(w, row.template, argv)
		if err != nil || got != row.want {
			t.Errorf("%q: got %q, %v; want %q", row.template, got, err, row.want)
		}
	}
	for _, bad := range []string{"{", "}", "{3}", "{-1}", "{01}", "{x}", "{env.}", "{env.A=}", "{0", "a}b", "{}", "{1 }"} {
		if got, err := ExpandTemplate(w, bad, argv); err == nil {
			t.Errorf("%q: got %q, want an error", bad, got)
		}
	}
}

func TestTemplateArgumentsDontRunTogether(t *testing.T) {
	w := fingerprint.NewWorld(nil, "/")
	a, _ := ExpandTemplate(w, "{1}-{2}", []string{"p", "a-b", "c"})
	b, _ := ExpandTemplate(w, "{1}-{2}", []string{"p", "a", "b-c"})
	if a == b {
		t.Errorf("different arguments expand alike: %q", a)
	}
}
