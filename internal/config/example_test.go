package config

import (
	"regexp"
	"testing"
)

// TestExampleConfigIsComplete compares the example with what files may set.
func TestExampleConfigIsComplete(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#(\S|  )`).ReplaceAllString(Example, "$1")
	f, err := parseFile(Settings(), "user file", "example", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, v := range f.values() {
		shown[v.setting.Name] = true
	}
	for _, s := range Settings() {
		if got, want := shown[s.Name], s.Place != Nowhere; got != want {
			t.Errorf("%s: in the example %v, want %v", s.Name, got, want)
		}
	}
}
