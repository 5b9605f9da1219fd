package memo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// ExpandTemplate expands a key template. {0} is the program, {1} and up are its
// arguments, {@} is all arguments, {env.NAME} is a variable, and {cwd} is the
// working directory; {{ and }} are braces, and anything else is literal. NUL
// bytes delimit the expansions, so that different arguments never run together
// into the same key. The error names the placeholder.
func ExpandTemplate(w *fingerprint.World, template string, argv []string) (string, error) {
	var out strings.Builder
	for rest := template; rest != ""; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:i])
		brace := rest[i : i+1]
		rest = rest[i+1:]
		if strings.HasPrefix(rest, brace) {
			out.WriteString(brace)
			rest = rest[1:]
			continue
		}
		name, after, closed := strings.Cut(rest, "}")
		if brace == "}" || !closed {
			return "", fmt.Errorf("key template %q: unbalanced %q; write {{ or }} for a brace", template, brace)
		}
		values, err := placeholder(w, name, argv)
		if err != nil {
			return "", fmt.Errorf("key template %q: %w", template, err)
		}
		for _, v := range values {
			// Neither arguments nor variables contain NUL.
			out.WriteString("\x00" + v)
		}
		out.WriteByte(0)
		rest = after
	}
	return out.String(), nil
}

// placeholder returns the values of one placeholder.
func placeholder(w *fingerprint.World, name string, argv []string) ([]string, error) {
	switch {
	case name == "@":
		return argv[1:], nil
	case name == "cwd":
		return []string{w.Dir}, nil
	case strings.HasPrefix(name, "env."):
		variable := strings.TrimPrefix(name, "env.")
		if err := fingerprint.ValidEnvName(variable); err != nil {
			return nil, err
		}
		if strings.ContainsAny(variable, `*?[\`) {
			return nil, fmt.Errorf("{%s} is a glob; name one variable, or declare them with --env %s", name, variable)
		}
		// Unset differs from empty.
		if value, set := w.LookupEnv(variable); set {
			return []string{value}, nil
		}
		return nil, nil
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || name != strconv.Itoa(n) {
		return nil, fmt.Errorf("unknown placeholder {%s}; there are {0}, {1} and so on, {@}, {env.NAME} and {cwd}", name)
	}
	if n >= len(argv) {
		return nil, fmt.Errorf("there is no argument {%d}; the command has %d", n, len(argv)-1)
	}
	return argv[n : n+1], nil
}
