package testscripts

import (
	"path/filepath"
	"slices"
	"testing"
)

// topics returns the sorted directories that contain scripts.
func topics(t *testing.T) []string {
	t.Helper()
	scripts, err := filepath.Glob("*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, script := range scripts {
		dirs = append(dirs, filepath.Dir(script))
	}
	return slices.Compact(dirs) // Glob sorts
}

// TestTopics checks that every script lies in the directory of a topic. A
// script elsewhere would not run.
func TestTopics(t *testing.T) {
	stray, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range stray {
		t.Errorf("%s lies in no topic's folder and does not run", script)
	}
	if len(topics(t)) == 0 {
		t.Error("no scripts found")
	}
}
