package cmd

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestFlagHelp holds what help and completions show of all flags: a name for
// the value in capitals, which pflag does not take from backquotes.
func TestFlagHelp(t *testing.T) {
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			name, usage := pflag.UnquoteUsage(f)
			switch {
			case f.Hidden:
			case strings.Contains(f.Usage, "`"):
				t.Errorf("%s --%s: backquotes in %q", cmd.CommandPath(), f.Name, f.Usage)
			case name != strings.ToUpper(name):
				t.Errorf("%s --%s %s: want a name in capitals for the value", cmd.CommandPath(), f.Name, name)
			case name != "" && strings.HasSuffix(usage, "("+name+")"):
				t.Errorf("%s --%s %s: told twice in %q", cmd.CommandPath(), f.Name, name, usage)
			}
		})
		for _, sub := range cmd.Commands() {
			if !sub.Hidden {
				check(sub)
			}
		}
	}
	check(newRootCmd(newBench(t).app("")))
}
