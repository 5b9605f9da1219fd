package config

import (
	"regexp"
	"testing"
)

// TestExampleConfigIsComplete compares the example with what files may set.
func TestExampleConfigIsComplete(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#(\S|  )`).ReplaceAllString(Example, "$1")
	f, err := parseFile(settings(), "user file", "example", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, v := range f.values() {
		shown[v.setting.key] = true
	}
	for _, s := range settings() {
		if got, want := shown[s.key], s.place != nowhere; got != want {
			t.Errorf("%s: in the example %v, want %v", s.key, got, want)
		}
	}
}
