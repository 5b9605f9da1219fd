package cmd

import (
	"bytes"

	"github.com/spf13/cobra"
)

// newCompletionCmd returns `memo completion`.
func newCompletionCmd(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print shell completions",
		Long: `Print the code that teaches a shell to complete memo's commands, flags and their
values, the keys, tags and scopes of the store, and the programs that memo runs.
Other packages, such as bash-completion, are used if they are there; none is
needed.`,
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
			var script bytes.Buffer
			var err error
			switch root := cmd.Root(); args[0] {
			case "bash":
				err = root.GenBashCompletionV2(&script, true)
				script.WriteString(bashWords)
			case "zsh":
				err = root.GenZshCompletion(&script)
			case "fish":
				err = root.GenFishCompletion(&script, true)
			case "powershell":
				err = root.GenPowerShellCompletionWithDesc(&script)
			default:
				return &usageError{text: "no completions for " + args[0], hint: "memo completion bash, zsh, fish or powershell"}
			}
			if err == nil {
				_, err = script.WriteTo(app.stdout)
			}
			return err
		},
	}
}

// bashWords takes the place of a function of cobra's script, which prints an
// error at each TAB where the package bash-completion is not loaded: it calls
// _get_comp_words_by_ref of that, always with -n =:. Bash splits words at =
// and : too; this puts them together again, up to the cursor.
const bashWords = `
__memo_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local line=${COMP_LINE:0:COMP_POINT} blank word i
    words=()
    cword=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        blank=${line%%[![:blank:]]*}
        line=${line#"$blank"}
        if ((i == COMP_CWORD)); then
            word=$line
        fi
        if [[ -z $blank && cword -ge 0 && ($word == [=:]* || ${words[cword]} == *[=:]) ]]; then
            words[cword]+=$word
        else
            words[++cword]=$word
        fi
        line=${line#"$word"}
    done
    cur=${words[cword]}
    prev=
    if ((cword > 0)); then
        prev=${words[cword - 1]}
    fi
}
`
