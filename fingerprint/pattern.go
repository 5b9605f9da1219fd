package fingerprint

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// validGlob returns an error if the syntax of a glob is bad.
func validGlob(glob string) error {
	switch {
	case strings.Contains(glob, "\x00"):
		return errors.New("contains a NUL")
	case !doublestar.ValidatePattern(glob):
		return fmt.Errorf("bad glob %q: unclosed or empty bracket, brace or backslash; write \\[, \\{ or \\\\ for the character itself", glob)
	}
	return nil
}

// HasMeta reports whether a pattern is a glob.
func HasMeta(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '*', '?', '[', '{':
			return true
		}
	}
	return false
}

// unescape returns the path that a pattern without wildcards stands for.
func unescape(pattern string) string {
	if !strings.Contains(pattern, `\`) {
		return pattern
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '\\' && i+1 < len(pattern) {
			i++
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}

// splitGlob splits a glob after the last slash before the first wildcard, and
// unescapes the first part, which is "." if there is none.
func splitGlob(glob string) (base, rest string) {
	_, rest = doublestar.SplitPattern(glob)
	switch base = glob[:len(glob)-len(rest)]; base {
	case "":
		return ".", rest
	case "/":
		return "/", rest
	}
	return unescape(strings.TrimSuffix(base, "/")), rest
}

// skipClass returns the index behind the character class that begins at i.
func skipClass(glob string, i int) int {
	for i++; i < len(glob) && glob[i] != ']'; i++ {
		if glob[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(glob))
}

// braceParts returns the alternatives of the brace at i, and the index behind
// its end.
func braceParts(glob string, i int) (parts []string, end int) {
	depth, from := 0, i+1
	for i < len(glob) {
		switch glob[i] {
		case '\\':
			i++
		case '[':
			i = skipClass(glob, i)
			continue
		case '{':
			depth++
		case ',':
			if depth == 1 {
				parts = append(parts, glob[from:i])
				from = i + 1
			}
		case '}':
			if depth--; depth == 0 {
				return append(parts, glob[from:i]), i + 1
			}
		}
		i++
	}
	return append(parts, glob[min(from, len(glob)):]), len(glob)
}
