// Package cmd is memo's command line: one file a command, which declares flags
// and help and calls the packages that do the work.
package cmd

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/seed-f39940ff/memo/memo"
)

// Main runs the command line of this process and returns its exit code. It may
// not return at all: a command that died of a signal that memo got too takes
// memo along.
func Main() int {
	a := newApp()
	root := newRootCmd(a)
	root.SetArgs(a.args)
	return a.exit(root.Execute())
}

// exit prints an error, once, and returns the exit code for it.
func (a *app) exit(err error) int {
	if err == nil {
		return 0
	}
	code, hint := memo.ExitTrouble, ""
	var exit *exitError
	var usage *usageError
	switch {
	case errors.As(err, &exit):
		code, hint = exit.code, exit.hint
	case errors.As(err, &usage):
		hint = usage.hint
	}
	if text := err.Error(); text != "" {
		say(a.stderr, text, hint)
	}
	if exit != nil && exit.sig != nil {
		memo.Die(exit.sig)
		if n, ok := exit.sig.(syscall.Signal); ok {
			return 128 + int(n) // it is blocked
		}
	}
	return code
}

// say prints an error and at most one hint.
func say(w io.Writer, text, hint string) {
	fmt.Fprintf(w, "memo: %s\n", escape(text))
	if hint != "" {
		fmt.Fprintf(w, "memo: hint: %s\n", escape(hint))
	}
}
