package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/config"
)

// Root returns the tree of commands, for documentation made from it.
func Root() *cobra.Command { return newRootCmd(newApp()) }

// newRootCmd builds the tree of commands.
func newRootCmd(app *app) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "memo",
		Short: "Remember what shell commands print",
		Long: `memo runs a slow command once and then replays its stdout, stderr and exit
code, byte for byte, until something that it depends on changes or its lifetime
ends.`,
		Example: `  memo run -t 10m -- kubectl get pods
  memo run -d go.mod -d '**/*.go' -- go list ./...
  memo invalidate --tag users
  memo stats`,
		Args: app.rootArgs,
		// It runs before every command.
		PersistentPreRunE: app.checkValues,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return runVersion(app, false)
			}
			return cmd.Help()
		},
		SilenceUsage:  true,
		SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{
			DisableDefaultCmd: true,
		},
	}
	root.SetIn(app.stdin)
	app.help.w = app.stdout
	root.SetOut(&app.help)
	root.SetErr(app.stderr)
	root.SetFlagErrorFunc(app.flagError)
	root.Flags().BoolVar(&version, "version", false, "what memo version prints")
	global := root.PersistentFlags()
	global.Var(config.NewTextFlag(&app.cacheDir, "DIR"), "cache-dir", "keep results in DIR")
	global.Var(config.NewTextFlag(&app.configFile, "FILE"), "config", "read the user configuration from FILE")
	global.Var(&colorFlag{&app.color}, "color", "colour the output: auto, always or never")
	global.BoolVarP(&app.quiet, "quiet", "q", false, "print no warnings on stderr")
	if len(app.args) > 0 && app.args[0] == "run" {
		// Shell prompts call memo run, and building the other commands takes
		// 0.1 ms.
		root.AddCommand(newRunCmd(app))
		return root
	}
	root.SetHelpCommand(newHelpCmd(app))
	refuseHelpOfNone(app, root)
	root.AddCommand(
		newRunCmd(app),
		newInvalidateCmd(app),
		newStatsCmd(app),
		newListCmd(app),
		newShowCmd(app),
		newExplainCmd(app),
		newGCCmd(app),
		newVerifyCmd(app),
		newAnnotateCmd(app),
		newKeepCmd(app),
		newSessionCmd(app),
		newConfigCmd(app),
		newCompletionCmd(app),
		newVersionCmd(app),
		newDrainCmd(),
		newEvictCmd(app),
		newEventsCmd(app),
	)
	if app.completing() {
		completeValues(app, root)
	}
	return root
}

// rootArgs refuses an unknown command and says what to type instead.
func (a *app) rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := nearestCommand(cmd, args[0])
	if hint == "" {
		hint = "see memo --help; to run a command: memo run -- " + quoteCommand(a.typed(args))
	}
	return &usageError{text: fmt.Sprintf("unknown command %q", args[0]), hint: hint}
}

// nearestCommand says which command of memo may be meant by a word, "" if none.
func nearestCommand(cmd *cobra.Command, word string) string {
	cmd.SuggestionsMinimumDistance = 1
	if len(word) > 3 {
		cmd.SuggestionsMinimumDistance = 2 // two letters changed over
	}
	near := cmd.SuggestionsFor(word)
	if meant := meantCommand(word); meant != "" || len(near) == 0 {
		return meant
	}
	return "did you mean memo " + strings.Join(near, " or memo ") + "?"
}

// noArgs is cobra.NoArgs with a hint.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{
		text: fmt.Sprintf("%s takes no argument %q", cmd.CommandPath(), args[0]),
		hint: "see " + cmd.CommandPath() + " --help",
	}
}

// A colorFlag is the value of --color.
type colorFlag struct{ value *string }

func (f *colorFlag) String() string { return *f.value }
func (f *colorFlag) Type() string   { return "WHEN" }

func (f *colorFlag) Set(s string) error {
	switch s {
	case "auto", "always", "never":
		*f.value = s
		return nil
	}
	return fmt.Errorf("%q is none of auto, always, never", s)
}
