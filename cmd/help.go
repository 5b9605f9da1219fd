package cmd

import (
	"strings"

	"github.com/spf13/cobra"
)

// newHelpCmd returns `memo help`. For an unknown command, cobra's own help
// command prints the help of memo and exits with 0.
func newHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print help about a command",
		Example: `  memo help run
  memo help config trust`,
		ValidArgsFunction: completeHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = unknownCommand(found, rest)
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
			app.help.err = unknownCommand(cmd, words)
			return
		}
		help(cmd, args)
	})
}

// unknownCommand returns the error about an unknown subcommand.
func unknownCommand(cmd *cobra.Command, words []string) error {
	switch {
	case !cmd.HasParent():
		return rootArgs(cmd, words)
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
