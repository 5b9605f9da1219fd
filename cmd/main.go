// Package cmd is memo's command line. Each command has a file, which declares
// its flags and help and calls the packages that do the work.
package cmd

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/memo"
)

// Main runs the command line of this process and returns its exit code. It does
// not return if the command died of a signal that memo also received: memo then
// dies of the same signal.
func Main() int {
	announce()
	process.RestoreDefaults()
	a := newApp()
	root := newRootCmd(a)
	root.SetArgs(a.args)
	err := root.Execute()
	if err == nil {
		err = a.help.err
	}
	return a.exit(err)
}

// exit prints an error and returns its exit code.
func (a *app) exit(err error) int {
	if err == nil {
		return 0
	}
	code, hint := memo.ExitTrouble, ""
	var exit *exitError
	var usage *usageError
	var flag *config.FlagError
	switch {
	case errors.As(err, &exit):
		code, hint = exit.code, exit.hint
	case errors.As(err, &usage):
		hint = usage.hint
		a.withhold(usage.text)
	case errors.As(err, &flag):
		hint = "see memo run --help"
		a.withhold(flag.Error())
	}
	if text := oneLine(err); text != "" {
		say(a.stderr, text, hint)
	}
	if exit != nil && exit.sig != nil {
		process.Die(exit.sig)
		if n, ok := exit.sig.(syscall.Signal); ok {
			return 128 + int(n) // the signal is blocked
		}
	}
	return code
}

// withhold keeps the result of the outer command, if there is one, from being
// stored: it would lack the inputs of this call.
func (a *app) withhold(why string) {
	outer := nest.Find(a.world)
	outer.Withhold("a memo call below failed: " + why)
	outer.Close()
}

// mostCauses bounds how many joined errors are printed.
const mostCauses = 3

// oneLine returns the text of an error. It lists joined errors without
// duplicates.
func oneLine(err error) string {
	texts := causes(err, nil)
	if more := len(texts) - mostCauses; more > 0 {
		texts = append(texts[:mostCauses], fmt.Sprintf("and %d more like that", more))
	}
	return strings.Join(texts, "; ")
}

// causes appends the texts of joined errors to known, without duplicates.
func causes(err error, known []string) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			known = causes(err, known)
		}
		return known
	}
	if text := err.Error(); !slices.Contains(known, text) {
		known = append(known, text)
	}
	return known
}

// A checked records the first error of its writer: cobra ignores errors when it
// prints help.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// say prints an error and at most one hint.
func say(w io.Writer, text, hint string) {
	fmt.Fprintf(w, "memo: %s\n", escape(text))
	if hint != "" {
		fmt.Fprintf(w, "memo: hint: %s\n", escape(hint))
	}
}
