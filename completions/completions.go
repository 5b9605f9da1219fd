// Package completions holds the shell code that completes memo's command
// line, as it is installed and as `memo completion` prints it. The code asks
// `memo __complete` for words, so that it changes only with cobra.
//
// The files memo.* are generated; words.bash is written by hand and is
// appended to memo.bash.
package completions

import _ "embed" // the scripts

//go:generate go test github.com/seed-f39940ff/memo/cmd -run TestCompletionScripts -update

//go:embed memo.bash
var bash string

//go:embed memo.zsh
var zsh string

//go:embed memo.fish
var fish string

//go:embed memo.ps1
var powershell string

// Script returns the code for a shell: bash, zsh, fish or powershell. It is
// empty for any other.
func Script(shell string) string {
	switch shell {
	case "bash":
		return bash
	case "zsh":
		return zsh
	case "fish":
		return fish
	case "powershell":
		return powershell
	}
	return ""
}
