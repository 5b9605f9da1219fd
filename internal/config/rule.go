package config

import (
	"path"
	"strings"
)

// A rule is what a file says about the commands that match.
type rule struct {
	words  []string // a glob a word
	values layer
}

// matchWords reports whether a command matches a rule: each of its words the
// glob in its place, and as many of them. A last "*" matches any rest, also
// none. No rule matches no command.
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

// matchWord reports whether a glob of [path.Match] matches a word. Slashes
// are characters like others: no word has a NUL, so it stands in for them.
func matchWord(glob, word string) bool {
	ok, _ := path.Match(strings.ReplaceAll(glob, "/", "\x00"), strings.ReplaceAll(word, "/", "\x00"))
	return ok
}
