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
		Short:                 "Ask each version command once for a whole script",
		Long: `Start a session: all memo calls in it ask each version command (--version-cmd)
once, so that a whole script sees one consistent answer. The answer is kept by
script, directory, PATH and declared environment. A session ends with the
processes that have MEMO_SESSION in their environment, and after 30 days.

Without COMMAND the assignment for a shell is printed. With COMMAND it is run in
a session of its own and memo becomes it: exit code and signals are its own.`,
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
		_, err := fmt.Fprintf(app.stdout, "export %s\n", assignment) // fish knows it too
		return err
	}
	environ := slices.DeleteFunc(slices.Clone(app.environ), func(kv string) bool {
		return strings.HasPrefix(kv, memo.SessionVar+"=")
	})
	return become(app, argv, append(environ, assignment))
}
