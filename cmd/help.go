package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelpCmd returns `memo help`. Cobra's own prints the help of memo, with
// exit code 0, for a command that doesn't exist.
func newHelpCmd(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print help about a command",
		Example: `  memo help run
  memo help config trust`,
		ValidArgsFunction: completeHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = app.noHelp(found, rest)
			}
			if err != nil {
				return err
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// refuseHelpOfNone makes `memo x --help` an error for an unknown command x.
// Cobra would print the help of memo.
func refuseHelpOfNone(app *app, root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
			app.help.err = app.unknownCommand(cmd, words)
			return
		}
		help(cmd, args)
	})
}

// noHelp is the error about words that memo has no help on.
func (a *app) noHelp(cmd *cobra.Command, words []string) error {
	if cmd.HasParent() {
		return a.unknownCommand(cmd, words)
	}
	hint := nearestCommand(cmd, words[0])
	if hint == "" {
		hint = "memo --help names the commands; memo run --help has the flags and exit codes, memo config init writes a file with every setting"
	}
	return &usageError{text: fmt.Sprintf("there is no help on %q", words[0]), hint: hint}
}

// unknownCommand is the error about words behind a command that are none of
// its subcommands.
func (a *app) unknownCommand(cmd *cobra.Command, words []string) error {
	switch {
	case !cmd.HasParent():
		return a.rootArgs(cmd, words)
	case cmd.Args != nil:
		if err := cmd.Args(cmd, words); err != nil {
			return err
		}
	}
	return noArgs(cmd, words)
}

// completeHelp completes the name of a command.
func completeHelp(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	found, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, sub := range found.Commands() {
		if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), prefix) {
			names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
