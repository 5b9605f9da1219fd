package cmd

import (
	"fmt"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/keep"
	"github.com/seed-f39940ff/memo/internal/process"
)

// A statusLine is the line that a keeper redraws on a terminal. It shows
// nothing elsewhere or with --quiet.
type statusLine struct {
	app     *app
	command string
	on      bool
	shown   bool
}

func newStatusLine(app *app, argv []string) *statusLine {
	return &statusLine{
		app:     app,
		command: quoteCommand(argv),
		on:      !app.quiet && app.newStyle(app.stderr).tty,
	}
}

// clearLine returns to the start of the line and clears it (ECMA-48, EL).
const clearLine = "\r\x1b[K"

// show replaces the line.
func (s *statusLine) show(status keep.Status) {
	if tty, ok := s.app.stderr.(*os.File); !s.on || !ok || !process.InForeground(tty) {
		return
	}
	st := s.app.newStyle(s.app.stderr) // the width may have changed
	rest := ": " + describeKept(status)
	line := st.fit(s.command, len(rest)+1) + rest
	fmt.Fprint(s.app.stderr, clearLine+st.fit(line, 1))
	s.shown = true
}

// say prints a warning above the status line.
func (s *statusLine) say(text string) {
	s.clear()
	s.app.warn(text)
}

// clear removes the line.
func (s *statusLine) clear() {
	if s.shown {
		fmt.Fprint(s.app.stderr, clearLine)
		s.shown = false
	}
}

// describeKept returns the state of a kept result as text.
func describeKept(s keep.Status) string {
	if s.Running {
		return "running for " + expiry.FormatSpan(s.Took.Truncate(time.Second))
	}
	text := "no result yet"
	if s.Made {
		text = expiry.FormatSpan(s.Age.Truncate(time.Second)) + " old"
	}
	switch {
	case s.Failing:
		text += ", not renewed, next try in " + expiry.FormatSpan(s.Next.Round(time.Second))
	case s.Periodic:
		text += ", next run in " + expiry.FormatSpan(s.Due.Round(time.Second))
	}
	if s.Watching && !s.Failing {
		text += ", watching"
	}
	return text
}
