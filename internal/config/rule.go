package config

import (
	"path"
	"strings"
)

// A rule holds the settings in a file for the commands that match.
type rule struct {
	words  []string // one glob for each word
	values layer
}

// matchWords reports whether a command matches a rule. Each word must match the
// glob in its place, and there must be as many words as globs. A last "*"
// matches any number of remaining words. An empty argv matches no rule.
func matchWords(globs, argv []string) bool {
	if len(argv) == 0 || len(globs) == 0 {
		return false
	}
	if last := len(globs) - 1; globs[last] == "*" && len(argv) >= last {
		globs, argv = globs[:last], argv[:last]
	}
	if len(globs) != len(argv) {
		return false
	}
	for i, glob := range globs {
		if !matchWord(glob, argv[i]) {
			return false
		}
	}
	return true
}

// matchWord reports whether a glob of [path.Match] matches a word. A slash is
// an ordinary character: it is replaced by NUL, which no word contains.
func matchWord(glob, word string) bool {
	ok, _ := path.Match(strings.ReplaceAll(glob, "/", "\x00"), strings.ReplaceAll(word, "/", "\x00"))
	return ok
}
