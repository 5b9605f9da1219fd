package cmd

import (
	"github.com/spf13/cobra"
)

// newCompletionCmd returns `memo completion`.
func newCompletionCmd(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print shell completions",
		Example: `  memo completion bash >/etc/bash_completion.d/memo
  memo completion zsh >"${fpath[1]}/_memo"
  memo completion fish >~/.config/fish/completions/memo.fish`,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{text: "which shell?", hint: "memo completion bash, zsh, fish or powershell"}
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(app.stdout, true)
			case "zsh":
				return root.GenZshCompletion(app.stdout)
			case "fish":
				return root.GenFishCompletion(app.stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(app.stdout)
			}
			return &usageError{text: "no completions for " + args[0], hint: "memo completion bash, zsh, fish or powershell"}
		},
	}
}
