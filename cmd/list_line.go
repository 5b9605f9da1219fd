package cmd

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
)

// narrowList is the width below which a list leaves out the columns that the
// others can do without, in favour of the command.
const narrowList = 70

// A lineList prints one line an entry, with a heading on a terminal. Lines are
// printed as they come, so columns are as wide as what most of them hold.
type lineList struct {
	w     io.Writer
	style *style
	short map[fingerprint.Key]string
	width int // of the keys
	// first are the entries of keys as far as they were printed.
	first map[string]*entry
}

func (l *lineList) begin() {
	l.first = map[string]*entry{}
	for _, short := range l.short {
		l.width = max(l.width, len(short))
	}
	if l.style.tty && len(l.short) > 0 {
		head, _ := l.row("KEY", "AGE", "LEFT", "SIZE", "HITS", "EXIT")
		fmt.Fprintln(l.w, l.style.Head.Render(head+"COMMAND"))
	}
}

// row returns the cells of a line before the command, and their width.
func (l *lineList) row(key, age, left, size, hits, exit string) (string, int) {
	cells := []string{pad(key, l.width), padLeft(age, 6), pad(left, 12)}
	gap := " "
	if !l.narrow() {
		cells = append(cells, padLeft(size, 5), padLeft(hits, 4), padLeft(exit, 4))
		gap = "  "
	}
	text := strings.Join(cells, gap) + gap
	return text, columns(text)
}

func (l *lineList) narrow() bool { return l.style.width > 0 && l.style.width < narrowList }

func (l *lineList) entry(e *entry) {
	key, err := fingerprint.ParseKey(e.Key)
	if err != nil {
		return
	}
	exit := l.number(int64(e.ExitCode))
	if e.ExitCode != 0 {
		exit = l.style.Warn.Render(exit)
	}
	text, used := l.row(l.style.Key.Render(l.short[key]), expiry.FormatSpan(e.span.Age), l.left(e), bytesText(e.Size), l.number(e.Hits), exit)
	fmt.Fprintln(l.w, text+l.style.fit(quoteCommand(e.Command)+l.variant(e), used))
}

// variant says, to people, in which dependencies a result is another than the
// first one of its key in the list. Scripts get the digests with --json.
func (l *lineList) variant(e *entry) string {
	first := l.first[e.Key]
	if first == nil {
		l.first[e.Key] = e
	}
	if first == nil || !l.style.tty {
		return ""
	}
	var names []string
	for i := range min(len(e.Deps), len(first.Deps)) {
		if e.Deps[i].Digest != first.Deps[i].Digest {
			names = append(names, escape(e.Deps[i].Pattern))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (with another " + strings.Join(names, ", ") + ")"
}

// number is a number of which 0 is the ordinary case: a person sees a blank. A
// script counts columns.
func (l *lineList) number(n int64) string {
	if n == 0 && l.style.tty {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// left is the time left, or why there is none.
func (l *lineList) left(e *entry) string {
	switch {
	case e.State == "stale":
		return l.style.Warn.Render(e.State)
	case e.State != "fresh":
		return l.style.Bad.Render(e.State)
	case e.span.NoEnd && len(e.Deps) > 0:
		return l.style.Good.Render("until change")
	case e.span.NoEnd:
		return l.style.Good.Render("no end")
	default:
		return l.style.Good.Render(expiry.FormatSpan(e.span.Left))
	}
}

func (l *lineList) end() {}
