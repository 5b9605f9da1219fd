package cmd

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/store"
)

// A nearest looks for the result that is most like one that is not there.
type nearest struct {
	app  *app
	cfg  *config.Config
	run  *pflag.FlagSet // the flags of `memo run` that were given
	argv []string
	// call is what is typed before the flags and words of a command, key what
	// is typed before a key.
	call, key string
}

// mostSearched bounds how many results are opened to find a hint.
const mostSearched = 10_000

// find says what to type for the nearest result, "" if there is none.
func (n *nearest) find(s *store.Store) (hint string) {
	refs, _, err := allRefs(s)
	if err != nil {
		return ""
	}
	best := 0
	for _, ref := range refs[:min(len(refs), mostSearched)] {
		r, err := s.Open(ref)
		if err != nil {
			continue // damaged or gone
		}
		switch res := r.Result; {
		case slices.Equal(res.Argv, n.argv):
			if rank, text := n.unlike(res); rank > best {
				best, hint = rank, text
			}
		case best == 0 && res.Shell && n.isShell() && slices.Equal(res.Argv, n.argv[2:]):
			hint = "there is one of a script that memo gave to the shell: " + n.call + " -c -- " + quoteCommand(res.Argv)
		case best == 0 && len(n.argv) == 1 && slices.Equal(res.Argv, strings.Fields(n.argv[0])):
			hint = "there is one of several words: " + n.call + " -- " + quoteCommand(res.Argv)
		}
		r.Close()
	}
	return hint
}

// isShell reports whether the command is a shell with a script, as `memo run -c`
// runs one.
func (n *nearest) isShell() bool {
	return len(n.argv) > 2 && filepath.Base(n.argv[0]) == "sh" && n.argv[1] == "-c"
}

// unlike tells in what a result of the same words is not what was asked for;
// the more it is like that, the larger is the rank.
func (n *nearest) unlike(res *store.Result) (rank int, hint string) {
	words := " -- " + quoteCommand(n.argv)
	here := res.AnyDir || res.Dir == n.app.world.Dir
	switch {
	case here && res.Scope == n.cfg.Command.Scope:
		if scope := n.run.Lookup("scope"); scope.Changed {
			words = " --scope " + quoteWord(n.cfg.Command.Scope) + words
		}
		return 3, "there is one that was made with other flags: " + n.call + words
	case here && res.Scope == "":
		return 2, "there is one in no scope: " + n.call + " --scope ''" + words
	case here:
		return 2, fmt.Sprintf("there is one in scope %[1]s: %[2]s --scope %[1]s%[3]s", quoteWord(res.Scope), n.call, words)
	default:
		return 1, fmt.Sprintf("there is one of the directory %s: %s%s", quoteWord(res.Dir), n.key, res.Key.String()[:24])
	}
}
