package cmd

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"al.essio.dev/pkg/shellescape"
)

// escape makes untrusted text safe to print. It writes control characters,
// invisible format characters (such as bidirectional overrides), line
// separators and bytes that are not UTF-8 as Go escapes.
func escape(s string) string {
	if !strings.ContainsFunc(s, unsafe) {
		return s
	}
	var out strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&out, `\x%02x`, s[0])
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteString(`\t`)
		case r == '\r':
			out.WriteString(`\r`)
		case !unsafe(r):
			out.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
		s = s[n:]
	}
	return out.String()
}

// unsafe reports whether a character must be escaped.
func unsafe(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// quoteCommand returns the words of a command quoted for a shell, with unsafe
// characters escaped.
func quoteCommand(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = quoteWord(word)
	}
	return strings.Join(words, " ")
}

func quoteWord(word string) string {
	if strings.ContainsFunc(word, unsafe) {
		return "$'" + strings.ReplaceAll(escape(strings.ReplaceAll(word, `\`, `\\`)), "'", `\'`) + "'"
	}
	return shellescape.Quote(word)
}
