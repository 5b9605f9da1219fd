package cmd

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/completions"
)

// newCompletionCmd returns `memo completion`.
func newCompletionCmd(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print shell completions",
		Long: `Print a script that makes a shell complete memo's commands, flags and their
values, the keys, tags and scopes in the store, and the programs to run. The
script uses bash-completion and similar packages if they are installed, but does
not need them.`,
		Example: `  memo completion bash >/etc/bash_completion.d/memo
  memo completion zsh >"${fpath[1]}/_memo"
  memo completion fish >~/.config/fish/completions/memo.fish
  eval "$(memo completion bash)"`,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{text: "which shell?", hint: "memo completion bash, zsh, fish or powershell"}
			}
			script := completions.Script(args[0])
			if script == "" {
				return &usageError{text: "no completions for " + args[0], hint: "memo completion bash, zsh, fish or powershell"}
			}
			_, err := io.WriteString(app.stdout, script)
			return err
		},
	}
}
