package cmd

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/seed-f39940ff/memo/fingerprint"
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

// mostCompared bounds how many results of a command are opened to say what is
// like a call.
const mostCompared = 100

// elsewhere says of a call without a result which result of the same command is
// the most like it, and in what it differs; "" if there is none. It lists the
// results of the command in this directory, and looks for other directories
// among the figures of memo stats only.
func (r *run) elsewhere(argv []string, o *memo.Outcome) string {
	if r.store == nil || o.State != memo.Miss || o.Reason.Code != memo.ReasonNotRecorded {
		return ""
	}
	command, err := r.app.command(r.cfg, argv)
	if err != nil {
		return ""
	}
	command.Stdin = nil // it has been read
	runner := memo.Runner{Store: r.store, World: r.app.world, Environ: r.app.environ, KeyEnv: r.cfg.KeyEnv}
	id, err := runner.Identify(command)
	if err != nil {
		return ""
	}
	id.HasStdin = r.cfg.Stdin
	var nearest []string
	refs, _ := r.store.Group(id.Group())
	for _, ref := range refs[:min(len(refs), mostCompared)] {
		if ref.Key == o.Key {
			continue
		}
		rd, err := r.store.Open(ref)
		if err != nil {
			continue
		}
		if unlike := memo.Unlike(&id, rd.Result); nearest == nil || len(unlike) < len(nearest) {
			nearest = unlike
		}
		rd.Close()
	}
	if nearest != nil {
		return "there is a result " + strings.Join(nearest, ", ")
	}
	return r.inOtherDirectory(&id)
}

// inOtherDirectory says where else there is a result of the same command.
func (r *run) inOtherDirectory(id *fingerprint.Identity) string {
	has := func(group string) bool {
		refs, err := r.store.Group(group)
		return err == nil && len(refs) > 0
	}
	other := *id
	if other.AnyDir = !id.AnyDir; other.AnyDir {
		other.Dir = ""
	} else {
		other.Dir = r.app.world.Dir
	}
	switch {
	case has(other.Group()) && other.AnyDir:
		return "there is a result with --any-cwd"
	case has(other.Group()):
		return "there is a result without --any-cwd"
	}
	st, err := r.store.Stats(time.Time{})
	if err != nil || id.HasTemplate {
		return ""
	}
	for i := range st.Commands {
		c := &st.Commands[i]
		if c.Scope == id.Scope && slices.Equal(c.Argv, id.Argv) && c.Dir != r.app.world.Dir && has(c.Key.Group()) {
			return "there is a result of the directory " + quoteWord(c.Dir)
		}
	}
	return ""
}
