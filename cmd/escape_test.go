package cmd

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestEscape(t *testing.T) {
	rows := map[string]string{
		"plain text, ünïcödé, 日本":  "plain text, ünïcödé, 日本",
		"a\x1b[31mred\x1b[0m":      `a\x1b[31mred\x1b[0m`,
		"line\nbreak\ttab\r":       `line\nbreak\ttab\r`,
		"\u202eevil\u2066":         `\u202eevil\u2066`,
		"c1 \u009b31m":             `c1 \u009b31m`,
		"bad \xff\xfe utf8":        `bad \xff\xfe utf8`,
		"nul\x00 del\x7f":          `nul\x00 del\x7f`,
		"tag \U000e0041 \u2028":    `tag \U000e0041 \u2028`,
		"replacement \ufffd stays": `replacement \ufffd stays`,
	}
	for in, want := range rows {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestQuoteCommand(t *testing.T) {
	rows := []struct {
		argv []string
		want string
	}{
		{[]string{"ls", "-la", "a b"}, "ls -la 'a b'"},
		{[]string{"echo", "", "it's"}, `echo '' 'it'"'"'s'`},
		{[]string{"printf", "a\nb\\c'"}, `printf $'a\nb\\c\''`},
		{[]string{"x", "$HOME", "*"}, "x '$HOME' '*'"},
	}
	for _, row := range rows {
		if got := quoteCommand(row.argv); got != row.want {
			t.Errorf("quoteCommand(%q) = %s, want %s", row.argv, got, row.want)
		}
	}
}

func TestEncodeJSON(t *testing.T) {
	want := "tab\t bell\a del\x7f csi\u009b rlo\u202e tag\U000e0001 <é日本>"
	for _, indent := range []string{"", "  "} {
		text, err := encodeJSON([]string{want}, indent)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsFunc(text, func(r rune) bool { return r != '\n' && unsafe(r) }) {
			t.Errorf("%q is not safe to print", text)
		}
		var got []string
		if err := json.Unmarshal(text, &got); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s reads back as %q, %v", text, got, err)
		}
	}
}
