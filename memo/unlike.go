package memo

import (
	"maps"
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Unlike returns how a result with the same words, directory and scope differs
// from a call, as clauses about the result such as "with another LANG" or
// "without -c". It does not know the values of variables. If it finds no
// difference, it names those that results don't record.
func Unlike(id *fingerprint.Identity, res *store.Result) []string {
	var list []string
	add := func(differs bool, clause string) {
		if differs {
			list = append(list, clause)
		}
	}
	samePatterns := slices.Equal(id.Patterns, res.Patterns)
	for _, name := range otherVariables(id.Env, res.Env, samePatterns) {
		list = append(list, "with another "+name)
	}
	add(!samePatterns, "with other -e")
	add(!slices.Equal(id.Deps, res.DepArgs), "with other -d")
	add(id.VersionCmd != res.VersionCmd, "with another --version-cmd")
	for _, mode := range []struct {
		flag      string
		here, had bool
	}{
		{"-c", id.Shell, res.Shell}, {"--stdin", id.HasStdin, res.Stdin}, {"--pty", id.Pty, res.Pty},
		{"--no-program", id.NoProgram, res.NoProgram},
	} {
		add(mode.had && !mode.here, "with "+mode.flag)
		add(mode.here && !mode.had, "without "+mode.flag)
	}
	if len(list) == 0 && id.HasStdin {
		return []string{"with other input"}
	}
	if len(list) == 0 {
		return []string{"of another user, or under another name of the directory"}
	}
	return list
}

// otherVariables returns the names of the variables whose states differ. A
// variable that only one list has counts if both are lists of the same
// patterns.
func otherVariables(a, b []fingerprint.EnvState, comparable bool) []string {
	states := map[string][2]fingerprint.EnvState{}
	in := map[string]int{}
	for i, list := range [2][]fingerprint.EnvState{a, b} {
		for _, e := range list {
			pair := states[e.Name]
			pair[i] = e
			states[e.Name] = pair
			in[e.Name]++
		}
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(states)) {
		if pair := states[name]; pair[0] != pair[1] && (in[name] == 2 || comparable) {
			names = append(names, name)
		}
	}
	return names
}
