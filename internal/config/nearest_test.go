package config

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"ttl", "tags", "dep", "max_size", "max_results", "negative_ttl", "swr"}
	for _, test := range []struct{ word, want string }{
		{"tll", "ttl"},
		{"tttl", "ttl"},
		{"TTL", "ttl"},
		{"tag", "tags"},
		{"deps", "dep"},
		{"max_sise", "max_size"},
		{"negativettl", "negative_ttl"},
		{"x", ""},
		{"", ""},
		{"colour", ""},
		{"max_times", ""},
		{"lifetime", ""},
	} {
		if got := Nearest(test.word, known); got != test.want {
			t.Errorf("Nearest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}
