package cmd

import (
	"os"
	"slices"

	"github.com/mattn/go-isatty"

	"github.com/seed-f39940ff/memo/memo"
)

// hint prints a line that says what to type, unless nothing is to be remarked.
func (a *app) hint(text string) {
	if !a.quiet {
		say(a.stderr, "hint: "+text, "")
	}
}

// runHint prints the one hint of a call that memo gives while it runs.
func (r *run) runHint(text string) {
	r.app.hint(text)
	r.hinted = true
}

// unread says that something waits on stdin that the command did not get.
func (r *run) unread() string {
	if r.cfg.Stdin || isTerminal(r.app.stdin) || !memo.InputWaits(r.app.stdin) {
		return ""
	}
	return "stdin was not read, though there is something to read; --stdin reads it"
}

// hintAtSilence says what memo is for if a result of nothing at all was stored
// for a call at a terminal: an interactive program found its input at an end at
// once. A call that declares what the result depends on knows what it does.
func (r *run) hintAtSilence(o *memo.Outcome) {
	res := o.Recorded
	switch {
	case r.hinted || !o.Stored || res == nil || res.StdoutSize+res.StderrSize > 0:
	case r.cfg.Stdin || len(r.cfg.Command.Deps) > 0 || r.cfg.Command.VersionCmd != "":
	case isTerminal(r.app.stdin) && isTerminal(r.app.stdout):
		r.runHint("it printed nothing, and that is now kept; a memoized command has no terminal to read from, memo is for commands that print and end")
	}
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// elsewhere says of a call without a result which result is most like it, and in
// what that differs; "" if there is none.
func (r *run) elsewhere(o *memo.Outcome) string {
	if o.Identity == nil || o.State != memo.Miss || o.Reason.Code != memo.ReasonNotRecorded {
		return ""
	}
	runner := memo.Runner{Store: r.store, World: r.app.world}
	near, _ := runner.Nearest(o.Identity)
	if near == nil {
		return ""
	}
	defer near.Close()
	if !slices.Equal(o.Identity.Argv, near.Result.Argv) {
		return "" // memo explain names it
	}
	return "there is a result " + unlikeText(memo.InputsOf(o.Identity, near.Result))
}
