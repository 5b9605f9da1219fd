package testscripts

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write INDEX.md anew")

// TestIndex checks that every script begins with a comment, and that INDEX.md
// lists the first sentences of these comments.
//
//go:generate go test -run TestIndex -update .
func TestIndex(t *testing.T) {
	var want strings.Builder
	want.WriteString("# What the scripts test\n\n" +
		"The first sentence of each script, written by `go generate ./testscripts`.\n")
	for _, topic := range topics(t) {
		fmt.Fprintf(&want, "\n## %s\n\n", topic)
		scripts, err := filepath.Glob(filepath.Join(topic, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range scripts {
			name := strings.TrimSuffix(filepath.Base(script), ".txtar")
			fmt.Fprintf(&want, "- [%s](%s): %s\n", name, filepath.ToSlash(script), firstSentence(t, script))
		}
	}
	if *update {
		if err := os.WriteFile("INDEX.md", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile("INDEX.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want.String() {
		t.Error("INDEX.md is out of date; go generate ./testscripts")
	}
}

// firstSentence returns the first sentence of the comment that a script
// begins with: up to a full stop at the end of a word.
func firstSentence(t *testing.T, script string) string {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for line := range strings.Lines(string(text)) {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		for word := range strings.FieldsSeq(comment) {
			if words = append(words, word); strings.HasSuffix(word, ".") {
				return strings.Join(words, " ")
			}
		}
	}
	t.Errorf("%s does not begin with a comment that is a whole sentence", script)
	return ""
}
