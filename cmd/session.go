package cmd

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/memo"
)

// newSessionCmd returns `memo session`.
func newSessionCmd(app *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   "session [-- COMMAND [ARG...]]",
		DisableFlagsInUseLine: true,
		Short:                 "Run each version command only once in a whole script",
		Long: `Start a session. All memo calls in a session share one answer of each version
command (--version-cmd), so that a whole script sees consistent answers. An
answer belongs to a version command, directory, PATH and declared environment. A
session ends with the processes that have MEMO_SESSION in their environment, or
after 30 days.

Without COMMAND, memo prints the assignment for a shell. With COMMAND, memo
starts a session and replaces itself with COMMAND, which gets all signals and
determines the exit code.`,
		Example: `  memo session -- ./deploy.sh
  eval "$(memo session)"
  memo session | source     # fish`,
		RunE: func(_ *cobra.Command, args []string) error { return runSession(app, args) },
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func runSession(app *app, argv []string) error {
	assignment := memo.SessionVar + "=" + rand.Text()
	if len(argv) == 0 {
		_, err := fmt.Fprintf(app.stdout, "export %s\n", assignment) // fish has export, too
		return err
	}
	environ := slices.DeleteFunc(slices.Clone(app.environ), func(kv string) bool {
		return strings.HasPrefix(kv, memo.SessionVar+"=")
	})
	return become(app, argv, append(environ, assignment))
}
