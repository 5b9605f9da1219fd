package recall

import (
	"slices"
	"strings"
)

// hidden is the first letter of a variable that start.c hides from the Go
// runtime, as there.
const hidden = "\x01"

// Environ returns an environment of "NAME=value" strings in which the variables
// that were hidden from the Go runtime of this process (GODEBUG, GOGC,
// GOMAXPROCS, GOMEMLIMIT, GOTRACEBACK) have their names again. They are meant for
// the command.
func Environ(environ []string) []string {
	for i, kv := range environ {
		rest, ok := strings.CutPrefix(kv, hidden+"O")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "=")
		if slices.Contains([]string{"DEBUG", "GC", "MAXPROCS", "MEMLIMIT", "TRACEBACK"}, name) {
			environ[i] = "GO" + rest
		}
	}
	return environ
}
