//go:build unix

package memo

import (
	"bytes"
	"strings"
	"testing"
)

// TestScriptAnswer checks that everything a script prints until it exits is its
// answer, whatever the script leaves in the background or unread.
func TestScriptAnswer(t *testing.T) {
	const million = 1_000_000
	for _, tt := range []struct {
		text  string
		stdin int
		want  int
		err   string
	}{
		{"head -c 1000000 /dev/zero", 0, million, ""},
		{"sleep 5 & head -c 1000000 /dev/zero", 0, million, ""},
		{"cat", million, million, ""},
		{"echo", million, 1, ""},
		{"sleep 5 <&0 & echo", million, 1, ""},
		{"head -c 1000001 /dev/zero", 0, 0, "printed over 1000000 bytes"},
		{"yes", 0, 0, "printed over 1000000 bytes"},
		{"echo; exit 3", 0, 0, "exit status 3"},
		{"kill -9 $$", 0, 0, "signal: killed"},
	} {
		s := script{text: tt.text, dir: t.TempDir(), most: million}
		if tt.stdin > 0 {
			s.stdin = bytes.NewReader(make([]byte, tt.stdin))
		}
		got, err := s.output()
		switch {
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("%q: error %v, want %q", tt.text, err, tt.err)
		case tt.err == "" && (err != nil || len(got) != tt.want):
			t.Errorf("%q: %d bytes, %v; want %d", tt.text, len(got), err, tt.want)
		}
	}
}
