package fingerprint

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ParseDependencies returns the dependencies that the arguments of -d declare,
// sorted and each once. An argument is a path, a glob of doublestar's syntax
// if it has an unescaped "*", "?", "[" or "{", or, after a "!", a glob (or
// path) whose matches don't count in any of the others. A backslash takes the
// meaning from a character behind it that has one, also from a leading "!", and
// is itself before any other; on Windows it separates. What else counts can
// stand at the end; see [CutCounts].
func ParseDependencies(args []string) ([]Dependency, error) {
	var deps []Dependency
	var excludes []string
	for _, arg := range args {
		pattern, isExclude := strings.CutPrefix(arg, "!")
		pattern, counts := CutCounts(pattern)
		if os.PathSeparator == '\\' {
			pattern = filepath.ToSlash(pattern)
		} else {
			pattern = doubleBackslashes(pattern)
		}
		pattern, err := cleanPattern(pattern)
		if err != nil {
			return nil, fmt.Errorf("dependency %q: %w", arg, err)
		}
		switch {
		case isExclude && counts != 0:
			return nil, fmt.Errorf(`dependency %q: nothing counts of what is excluded; leave %s away, or write \%s for a name`, arg, counts, counts)
		case isExclude:
			excludes = append(excludes, pattern)
		case HasMeta(pattern):
			deps = append(deps, Dependency{Kind: KindGlob, Pattern: pattern, Counts: counts})
		default:
			deps = append(deps, Dependency{Kind: KindPath, Pattern: unescape(pattern), Counts: counts})
		}
	}
	if len(deps) == 0 && len(excludes) > 0 {
		return nil, fmt.Errorf(`dependency %q: nothing to exclude it from; add one, such as -d . -d '!%s'`, "!"+excludes[0], excludes[0])
	}
	slices.Sort(excludes)
	excludes = slices.Compact(excludes)
	slices.SortFunc(deps, func(a, b Dependency) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Pattern, b.Pattern), cmp.Compare(a.Counts, b.Counts))
	})
	deps = slices.CompactFunc(deps, func(a, b Dependency) bool {
		return a.Kind == b.Kind && a.Pattern == b.Pattern && a.Counts == b.Counts
	})
	for i := range deps {
		deps[i].Excludes = excludes
	}
	return deps, nil
}

// Arg returns the argument that [ParseDependencies] reads as the path or glob
// of d, without its excludes.
func (d *Dependency) Arg() string {
	if d.Kind != KindPath || os.PathSeparator == '\\' || !strings.ContainsAny(d.Pattern, `\*?[{!`) {
		return escapeCounts(d.Pattern) + d.Counts.String()
	}
	var arg strings.Builder
	for i := 0; i < len(d.Pattern); i++ {
		c := d.Pattern[i]
		if strings.IndexByte(`\*?[{`, c) >= 0 || c == '!' && i == 0 {
			arg.WriteByte('\\')
		}
		arg.WriteByte(c)
	}
	return escapeCounts(arg.String()) + d.Counts.String()
}

// cleanPattern checks a pattern and removes empty and "." segments, and a "**"
// behind another. ".." is left to the kernel, which knows where symlinks lead.
func cleanPattern(pattern string) (string, error) {
	if pattern == "" {
		return "", fmt.Errorf("empty pattern; give a file, a directory or a glob")
	}
	if err := validPattern(pattern); err != nil {
		return "", err
	}
	var kept []string
	wild := false
	for _, segment := range splitSegments(pattern) {
		switch segment {
		case "", ".":
			continue
		case "..":
			if wild {
				return "", fmt.Errorf(`".." after a wildcard matches nothing`)
			}
		case "**":
			if len(kept) > 0 && kept[len(kept)-1] == "**" {
				continue
			}
		}
		wild = wild || HasMeta(segment)
		kept = append(kept, segment)
	}
	clean := strings.Join(kept, "/")
	switch {
	case pattern[0] == '/':
		return "/" + clean, nil
	case clean == "":
		return ".", nil
	}
	return clean, nil
}

// validPattern returns an error if the syntax of a path or glob is bad.
func validPattern(pattern string) error {
	if HasMeta(pattern) {
		return validGlob(pattern)
	}
	if strings.Contains(pattern, "\x00") {
		return fmt.Errorf("contains a NUL")
	}
	return nil
}

// doubleBackslashes doubles literal backslashes, so that every backslash in the
// result is part of an escape. A character class has no literal backslashes.
func doubleBackslashes(pattern string) string {
	if !strings.Contains(pattern, `\`) {
		return pattern
	}
	var b strings.Builder
	for i := 0; i < len(pattern); {
		end := i + 1
		switch pattern[i] {
		case '[':
			end = skipClass(pattern, i)
		case '\\':
			if end < len(pattern) && strings.IndexByte(`\*?[]{},!`, pattern[end]) >= 0 {
				end++
			} else {
				b.WriteByte('\\')
			}
		}
		b.WriteString(pattern[i:end])
		i = end
	}
	return b.String()
}

// Literal returns arg escaped if it is not a valid pattern but the name of an
// existing file, and arg itself otherwise. An argument such as `a[1.txt` is
// then more likely a name than a mistake. The same holds for the rest after a
// "!".
func Literal(w *World, arg string) string {
	plain, counts := CutCounts(arg)
	if validPattern(doubleBackslashes(plain)) == nil {
		return arg
	}
	for _, d := range []Dependency{{Pattern: arg}, {Pattern: plain, Counts: counts}} {
		for _, mark := range []string{"", "!"} {
			path, ok := strings.CutPrefix(d.Pattern, mark)
			if _, err := w.Lstat(w.Abs(path)); ok && err == nil {
				d := Dependency{Kind: KindPath, Pattern: path, Counts: d.Counts}
				return mark + d.Arg()
			}
		}
	}
	return arg
}

// splitSegments splits a valid pattern at the slashes that are not part of an
// escape, a character class or a brace.
func splitSegments(pattern string) []string {
	var segments []string
	from := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			i = skipClass(pattern, i) - 1
		case '{':
			_, end := braceParts(pattern, i)
			i = end - 1
		case '/':
			segments = append(segments, pattern[from:i])
			from = i + 1
		}
	}
	return append(segments, pattern[from:])
}
