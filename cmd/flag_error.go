package cmd

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
)

// flagError turns an error of the flag parser into one with a hint. If the
// command does not exist, it reports that instead.
func flagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); !cmd.HasParent() && len(words) > 0 {
		return rootArgs(cmd, words)
	}
	usage := &usageError{text: err.Error(), hint: "see " + cmd.CommandPath() + " --help"}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		if unknown.GetSpecifiedShortnames() != "" {
			break
		}
		if near := config.Nearest(unknown.GetSpecifiedName(), flagNames(cmd)); near != "" {
			usage.hint = "did you mean --" + near + "?"
		}
	case errors.As(err, &missing):
		f := missing.GetFlag()
		usage.text = fmt.Sprintf("--%s: the %s is missing", f.Name, f.Value.Type())
	case errors.As(err, &invalid):
		usage.text = fmt.Sprintf("--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
		if number := (*strconv.NumError)(nil); errors.As(err, &number) { // that of a bool
			usage.text = fmt.Sprintf("--%s: %q: write true or false, or nothing for true", invalid.GetFlag().Name, invalid.GetValue())
		}
	}
	return usage
}

// flagNames returns the long names of the visible flags of a command.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// onlyOne returns an error if more than one of the named flags is set.
func onlyOne(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) < 2 {
		return nil
	}
	return &usageError{
		text: strings.Join(given, " and ") + " exclude each other",
		hint: "give one of --" + strings.Join(names, ", --"),
	}
}
