package fingerprint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxAlternatives bounds what braces expand to before a glob is no longer
// taken apart.
const maxAlternatives = 512

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

// A pattern is a glob with wildcards, ready to match. It is taken apart into
// the alternatives that its braces stand for, each a list of segments, and
// only single segments are left to doublestar: matching a whole path its
// classes match slashes, and braces that hold or touch a "**" lose matches. A
// glob that can't be taken apart is matched as a whole, and every directory
// is one in which it can match.
//
// Names such as `[id].tsx` are common, so a segment matches itself too, and a
// directory that has the very name that is the whole glob counts with its tree,
// as it does where the name is no glob.
type pattern struct {
	name         string // that the glob itself is
	whole        string // empty if it was taken apart
	alternatives [][]segment
}

// A segment is what lies between two slashes of an alternative.
type segment struct {
	name string // that it matches, empty if none
	glob string // that it matches, empty if none
	any  bool   // "**", which matches any number of names
}

// A spot is a place in a pattern: the next segment of an alternative.
type spot struct{ alternative, segment int }

// newPattern returns the pattern of a valid glob.
func newPattern(glob string) *pattern {
	p := &pattern{name: unescape(glob)}
	budget := maxAlternatives
	list, ok := expandBraces(glob, &budget)
	if !ok {
		p.whole = glob
		p.alternatives = [][]segment{{{any: true}}}
		return p
	}
	for _, alt := range list {
		p.alternatives = append(p.alternatives, newSegments(alt, alt))
	}
	if plain := escapeBraces(glob); plain != glob {
		p.alternatives = append(p.alternatives, newSegments(plain, glob))
	}
	var itself []segment
	for name := range strings.SplitSeq(p.name, "/") {
		itself = append(itself, segment{name: name})
	}
	p.alternatives = append(p.alternatives, append(itself, segment{any: true}))
	return p
}

// newSegments returns the segments of a glob without braces; names is the same
// with the names that they match as well.
func newSegments(glob, names string) []segment {
	var segments []segment
	name := strings.Split(names, "/")
	for i, s := range strings.Split(glob, "/") {
		if s == "**" {
			segments = append(segments, segment{any: true})
		} else {
			segments = append(segments, segment{name: name[i], glob: mergeStars(s)})
		}
	}
	return segments
}

// mergeStars makes one of adjacent stars, which is what they mean within a
// segment.
func mergeStars(segment string) string {
	for i := 0; i < len(segment); i++ {
		switch segment[i] {
		case '\\':
			i++
		case '[':
			i = skipClass(segment, i) - 1
		case '*':
			rest := strings.TrimLeft(segment[i:], "*")
			segment = segment[:i+1] + rest
		}
	}
	return segment
}

// matches reports whether the pattern matches a slash-separated path.
func (p *pattern) matches(path string) bool {
	if p.whole != "" {
		return above(p.name, path) || doublestar.MatchUnvalidated(p.whole, path)
	}
	spots, matched := p.start(), false
	for name := range strings.SplitSeq(path, "/") {
		if len(spots) == 0 {
			return false
		}
		spots, matched = p.step(spots, name)
	}
	return matched
}

// matchesBase reports whether the pattern matches the directory itself that it
// is relative to, as "**" does.
func (p *pattern) matchesBase() bool {
	return p.whole == "" && slices.ContainsFunc(p.alternatives, func(segments []segment) bool {
		return !slices.ContainsFunc(segments, func(s segment) bool { return !s.any })
	})
}

// start returns the spots before the first name.
func (p *pattern) start() []spot {
	var spots []spot
	for a := range p.alternatives {
		spots, _ = p.add(spots, spot{a, 0})
	}
	return spots
}

// add appends a spot, and the ones behind each "**", which may match nothing.
// It reports whether the end of the alternative is reached.
func (p *pattern) add(spots []spot, s spot) ([]spot, bool) {
	segments := p.alternatives[s.alternative]
	for ; s.segment < len(segments); s.segment++ {
		if !slices.Contains(spots, s) {
			spots = append(spots, s)
		}
		if !segments[s.segment].any {
			return spots, false
		}
	}
	return spots, true
}

// step consumes a name. It returns the spots for what lies below, none if
// nothing there can match, and whether the path up to here matches.
func (p *pattern) step(spots []spot, name string) (next []spot, matched bool) {
	for _, s := range spots {
		segment := p.alternatives[s.alternative][s.segment]
		to := s
		switch {
		case segment.any:
		case segment.matches(name):
			to.segment++
		default:
			continue
		}
		var end bool
		next, end = p.add(next, to)
		matched = matched || end
	}
	return next, matched
}

// anywhere reports whether a spot is a "**" or lies behind one, so that it can
// be reached in any directory below.
func (p *pattern) anywhere(s spot) bool {
	return slices.ContainsFunc(p.alternatives[s.alternative][:s.segment+1], func(s segment) bool { return s.any })
}

func (s segment) matches(name string) bool {
	return name == s.name || s.glob != "" && doublestar.MatchUnvalidated(s.glob, name)
}

// expandBraces returns the globs without braces that a valid glob stands for,
// as bash does. It gives up on slashes that don't separate segments and when
// the budget is used up.
func expandBraces(glob string, budget *int) (list []string, ok bool) {
	for i := 0; i < len(glob); i++ {
		switch glob[i] {
		case '\\':
			if i++; i < len(glob) && glob[i] == '/' {
				return nil, false
			}
		case '[':
			end := skipClass(glob, i)
			if strings.Contains(glob[i:end], "/") {
				return nil, false
			}
			i = end - 1
		case '{':
			parts, end := braceParts(glob, i)
			for _, part := range parts {
				more, ok := expandBraces(glob[:i]+part+glob[end:], budget)
				if !ok {
					return nil, false
				}
				list = append(list, more...)
			}
			return list, true
		}
	}
	*budget--
	return []string{glob}, *budget >= 0
}

// escapeBraces returns the glob in which braces stand for themselves.
func escapeBraces(glob string) string {
	var b strings.Builder
	for i := 0; i < len(glob); i++ {
		switch glob[i] {
		case '\\':
			b.WriteByte(glob[i])
			i++
		case '{', '}':
			b.WriteByte('\\')
		}
		b.WriteByte(glob[i])
	}
	return b.String()
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
