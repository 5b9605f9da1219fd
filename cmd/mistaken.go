package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
)

// meantCommand says what to type for a word that other tools have as a command
// and memo does not; "" if it is none.
func meantCommand(word string) string {
	switch strings.ToLower(word) {
	case "clean", "clear", "delete", "flush", "prune", "purge", "remove", "rm", "expire", "wipe":
		return "memo invalidate ends results (--all: every one), memo gc evicts what is over the bound"
	case "man", "manual", "docs", "usage":
		return "memo --help, or for one command: memo help run"
	case "exec", "cache", "do", "start", "wrap":
		return "memo run -- COMMAND [ARG...]"
	case "info", "inspect", "cat", "get", "view", "print", "describe":
		return "memo show KEY, or: memo show -- COMMAND [ARG...]"
	case "status", "summary":
		return "memo stats"
	case "doctor", "fsck":
		return "memo verify looks for damage, memo config check for mistakes in the configuration"
	case "watch", "loop":
		return "memo keep --every 1m -- COMMAND [ARG...]"
	case "settings", "set", "env", "environment", "vars":
		return "memo config shows the settings; memo run --help names their flags, and every flag has a variable"
	}
	return ""
}

// meantFlag says what to type for a flag that other tools have and memo does
// not; "" if it is none.
func meantFlag(name string) string {
	switch strings.ToLower(name) {
	case "refresh", "no-cache", "nocache", "update", "renew", "ignore-cache", "skip-cache", "rerun":
		return "--force runs the command and replaces the result"
	case "max-age", "expire", "expires", "expiry", "lifetime", "cache-for", "age", "duration":
		return "--ttl says how long the result is fresh: --ttl 10m"
	case "stale", "stale-while-revalidate", "grace":
		return "--swr serves an old result while it is renewed: --ttl 10m --swr 1h"
	case "cwd", "dir", "directory", "chdir":
		return "the directory is always part of the key; --any-cwd leaves it out"
	case "file", "files", "depend", "depends", "input", "inputs", "modtime", "watch", "on":
		return "--dep names a file, directory or glob whose change ends the result"
	case "background", "async", "prefetch":
		return "--warm makes a fresh result in the background, --swr serves the old one meanwhile"
	case "offline", "cached", "cache-only":
		return "--only-cached never runs the command"
	case "debug", "log", "explain", "why":
		return "--verbose says what happened and why"
	case "discard-failures", "cache-failures", "cache-errors":
		return "--negative-ttl keeps failures, which memo doesn't by default"
	case "namespace", "group":
		return "--scope is a separate namespace"
	case "output", "json":
		return "--report FILE writes JSON about the call"
	case "yes", "y":
		return "memo never asks"
	}
	return ""
}

// oneDash returns a word among the flags of a call that is a long flag with one
// dash, such as -ttl, with two; "" if there is none. The words of a command,
// which are the last, are not looked at.
func (a *app) oneDash(flags *pflag.FlagSet, argv []string) string {
	for _, word := range a.args[:max(0, len(a.args)-len(argv))] {
		name, short := strings.CutPrefix(word, "-")
		name, _, _ = strings.Cut(name, "=")
		if word == "--" {
			break
		}
		if short && len(name) > 1 && flags.Lookup(name) != nil {
			return "--" + name
		}
	}
	return ""
}

// checkValues returns an error if the value of a flag was forgotten, so that
// the -- behind it was taken for one.
func (a *app) checkValues(cmd *cobra.Command, argv []string) error {
	words := a.args[:max(0, len(a.args)-len(argv))]
	if len(words) < 2 || words[len(words)-1] != "--" || cmd.ArgsLenAtDash() >= 0 {
		return nil
	}
	name, long := strings.CutPrefix(words[len(words)-2], "--")
	f := cmd.Flags().Lookup(name)
	if !long && name != "" {
		f = cmd.Flags().ShorthandLookup(name[len(name)-1:])
	}
	if f == nil || !f.Changed || f.NoOptDefVal != "" {
		return nil
	}
	if texts := config.FlagTexts(f); texts[len(texts)-1] != "--" {
		return nil
	}
	return missingValue(cmd, f)
}

// missingValue is the error about a flag without its value.
func missingValue(cmd *cobra.Command, f *pflag.Flag) error {
	return &usageError{text: fmt.Sprintf("--%s: the %s is missing", f.Name, f.Value.Type()), hint: "see " + cmd.CommandPath() + " --help"}
}

// withOneDash adds the hint at a long flag with one dash to an error about a
// flag.
func (a *app) withOneDash(flags *pflag.FlagSet, argv []string, err error) error {
	if _, ok := errors.AsType[*config.FlagError](err); !ok {
		return err
	}
	if long := a.oneDash(flags, argv); long != "" {
		return &usageError{text: err.Error(), hint: "did you mean " + long + "?"}
	}
	return err
}

// typed returns the words of the command line from the first of args on, with
// the flags between them.
func (a *app) typed(args []string) []string {
	if i := slices.Index(a.args, args[0]); i >= 0 {
		return a.args[i:]
	}
	return args
}
