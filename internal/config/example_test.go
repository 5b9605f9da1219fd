package config

import (
	"os"
	"regexp"
	"strings"
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

// TestDocsAreComplete compares the table of keys in the manual with the
// settings.
func TestDocsAreComplete(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	places := map[Place]string{TopLevel: "top", PerScope: "top, scopes", Anywhere: "anywhere"}
	for _, s := range Settings() {
		place, ok := places[s.Place]
		if s.Name == "scope" {
			place = "top, rules"
		}
		if !ok {
			if !strings.Contains(string(text), "`--"+s.Flag+"`") {
				t.Errorf("--%s is missing", s.Flag)
			}
			continue
		}
		byDefault := ""
		if texts := s.defaults(); texts != nil {
			byDefault = "`" + strings.Join(texts, "`, `") + "` "
		}
		row := regexp.MustCompile("(?m)^\\| `" + s.Name + "` \\| .* \\| " + regexp.QuoteMeta(byDefault) + `\| ` + place + ` \|$`)
		if !row.Match(text) {
			t.Errorf("no row for %s with the default %sand the place %q", s.Name, byDefault, place)
		}
	}
}
