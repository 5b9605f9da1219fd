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

// flagError turns what the flag parser says into an error with a hint. The
// flags of a command that doesn't exist are not the trouble.
func (a *app) flagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); !cmd.HasParent() && len(words) > 0 {
		return a.rootArgs(cmd, words)
	}
	usage := &usageError{text: err.Error(), hint: "see " + cmd.CommandPath() + " --help"}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		usage.text, usage.hint = a.unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		return missingValue(cmd, missing.GetFlag())
	case errors.As(err, &invalid):
		usage.text = fmt.Sprintf("--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
		if number := (*strconv.NumError)(nil); errors.As(err, &number) { // that of a bool
			usage.text = fmt.Sprintf("--%s: %q: write true or false, or nothing for true", invalid.GetFlag().Name, invalid.GetValue())
		}
	}
	return usage
}

// unknownFlag is the error about a flag that a command doesn't have, and the
// hint at what was meant.
func (a *app) unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) (text, hint string) {
	hint = "see " + cmd.CommandPath() + " --help"
	name, letters := err.GetSpecifiedName(), err.GetSpecifiedShortnames()
	if letters == "" {
		near := config.Nearest(name, flagNames(cmd))
		switch meant := meantFlag(name); {
		case near != "":
			hint = "did you mean --" + near + "?"
		case meant != "" && cmd.Flags().Lookup("ttl") != nil:
			hint = meant
		}
		return "unknown flag --" + name, hint
	}
	if long := a.oneDash(cmd.Flags(), cmd.Flags().Args()); long != "" {
		hint = "did you mean " + long + "?"
	}
	return "unknown flag -" + name, hint
}

// flagNames returns the long names of the flags that a command shows.
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
