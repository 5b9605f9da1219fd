package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPages has a page for each command, with its flags and examples as they are
// typed.
func TestPages(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for page, texts := range map[string][]string{
		"memo.1":              {"memo-run(1)", "memo-config(1)"},
		"memo-run.1":          {`\-\-max\-wait`, "memo run -d go.mod -d '**/*.go'", "EXPIRY is a duration"},
		"memo-config-trust.1": {"memo config trust"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer(`\-`, "-", `\&`, "", `\fB`, "", `\fP`, "").Replace(string(text))
		for _, want := range texts {
			if !strings.Contains(plain, strings.ReplaceAll(want, `\-`, "-")) {
				t.Errorf("%s does not have %q:\n%s", page, want, plain)
			}
		}
	}
	if pages, _ := filepath.Glob(filepath.Join(dir, "*detached*")); len(pages) > 0 {
		t.Errorf("hidden commands have pages: %q", pages)
	}
}
