package cmd

import (
	"strings"

	"github.com/seed-f39940ff/memo/memo"
)

// unlikeText says in what a result differs from a call, as clauses about the
// result such as "with another LANG" or "without -c".
func unlikeText(inputs []memo.Input) string {
	var list []string
	for i := range inputs {
		if inputs[i].Differs() {
			list = append(list, unlikeClause(&inputs[i]))
		}
	}
	if len(list) == 0 {
		return "of another user, or under another name of the directory"
	}
	return strings.Join(list, ", ")
}

func unlikeClause(in *memo.Input) string {
	switch in.Kind {
	case memo.InputCommand:
		return "of " + quoteCommand(in.Was)
	case memo.InputTemplate:
		return withOrWithout("--key", in.Was)
	case memo.InputScope:
		if len(in.Was) == 0 {
			return "in no scope"
		}
		return "in the scope " + quoteCommand(in.Was)
	case memo.InputDir:
		switch {
		case len(in.Was) == 0:
			return "with --any-cwd"
		case len(in.Now) == 0:
			return "without --any-cwd"
		}
		return "of the directory " + quoteCommand(in.Was)
	case memo.InputDirName:
		return "under another name of the directory"
	case memo.InputUser:
		return "of another user"
	case memo.InputStdin:
		return "with other input"
	case memo.InputPatterns:
		return "with other -e"
	case memo.InputVariable:
		return "with another " + in.Name
	case memo.InputDeps:
		return "with other -d"
	case memo.InputOutputs:
		return "with other --output"
	case memo.InputVersion:
		return "with another --version-cmd"
	}
	return withOrWithout(in.Name, in.Was)
}

func withOrWithout(flag string, was []string) string {
	if len(was) > 0 {
		return "with " + flag
	}
	return "without " + flag
}
