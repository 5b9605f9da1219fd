package cmd

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/memo"
)

const (
	// explainIndent is where the texts of an explanation begin.
	explainIndent = 14
	// mostAlike is how many files that are as recorded are shown, and
	// mostChanged how many that are not, unless all are asked for.
	mostAlike   = 12
	mostChanged = 40
	// mostState is how many characters of a state are shown.
	mostState = 400
)

// An explainText prints an explanation.
type explainText struct {
	bytes.Buffer
	style *style
	all   bool // nothing is left out
	last  string
}

// printExplanation prints an explanation for people.
func printExplanation(w io.Writer, st *style, x *explanation, all bool) error {
	t := &explainText{style: st, all: all}
	t.decision(x)
	if len(x.Inputs)+len(x.Settings) > 0 {
		t.WriteByte('\n')
	}
	t.inputs(x)
	t.settings(x)
	t.variants(x)
	for i, warning := range x.Warnings {
		if i == mostAlike && !all {
			t.line("!", "warning", fmt.Sprintf("%d more; --all shows them", len(x.Warnings)-i))
			break
		}
		t.line("!", "warning", st.Warn.Render(escape(warning)))
	}
	_, err := w.Write(t.Bytes())
	return err
}

// inputs prints the inputs. Of thousands of files it prints those that differ,
// and the number of the others.
func (t *explainText) inputs(x *explanation) {
	alike, changed := 0, 0
	for i := range x.Inputs {
		if x.Inputs[i].many && !x.Inputs[i].Differs {
			alike++
		}
	}
	hidden := 0
	for i := range x.Inputs {
		row := &x.Inputs[i]
		switch {
		case !row.isWorthALine() && !t.all:
			continue
		case row.many && row.Differs:
			changed++
			if changed > mostChanged && !t.all {
				continue
			}
		case row.many && alike > mostAlike && !t.all:
			hidden++
			continue
		}
		t.row(row, x.Compared != nil)
	}
	if changed > mostChanged && !t.all {
		t.line(" ", "", t.style.Dim.Render(fmt.Sprintf("%s more that differ; --all shows them", grouped(int64(changed-mostChanged)))))
	}
	if hidden > 0 {
		as := "as recorded"
		if x.Compared == nil {
			as = "of them"
		}
		t.line(" ", "", t.style.Dim.Render(fmt.Sprintf("%s files %s; --all shows them", grouped(int64(hidden)), as)))
	}
}

// decision prints what memo run would do, and what the inputs are compared
// with.
func (t *explainText) decision(x *explanation) {
	head := string(x.State)
	switch x.State {
	case memo.Hit:
		head = t.style.Good.Render(head)
	case memo.StaleHit:
		head = t.style.Warn.Render("stale hit")
	default:
		head = t.style.Bad.Render(head)
	}
	if x.Reason != "" {
		head += ": " + escape(x.Reason)
	}
	t.text(head)
	t.text("memo run would " + x.Effect + ".")
	if x.State == memo.Hit || x.State == memo.StaleHit {
		t.text(x.ageText())
	}
	c := x.Compared
	switch {
	case x.Key == "":
	case c == nil:
		t.text("There is no result to compare with.")
	case !c.Exact:
		t.text(fmt.Sprintf("The nearest result is one %s. It is %s old, its key is %s.",
			c.Unlike, expiry.FormatSpan(c.age), c.Key[:24]))
	case x.State == memo.Miss:
		t.text(fmt.Sprintf("The newest result of this call is %s old.", expiry.FormatSpan(c.age)))
	}
}

// ageText says how old the result to replay is, and how long it will be fresh.
func (x *explanation) ageText() string {
	text := "It is " + expiry.FormatSpan(x.span.Age) + " old"
	switch {
	case x.span.NoEnd:
		text += " and fresh until a dependency changes"
	case x.span.Left > 0:
		text += " and fresh for another " + expiry.FormatSpan(x.span.Left)
	}
	return text + "."
}

// isWorthALine reports whether an input is shown without --all: most calls have
// no scope, no modes, and a locale that is not set.
func (row *inputRow) isWorthALine() bool {
	if row.Differs {
		return true
	}
	switch memo.InputKind(row.Kind) {
	case memo.InputScope, memo.InputPatterns, memo.InputDeps, memo.InputOutputs, memo.InputVersion, memo.InputDirName:
		return row.State != "none"
	case memo.InputMode:
		return row.State != "off"
	}
	return true
}

// row prints an input, and below it what was recorded if that differs.
func (t *explainText) row(row *inputRow, compared bool) {
	mark := " "
	switch {
	case row.Differs:
		mark = "!"
	case compared && row.Recorded == nil:
		mark = "?"
	}
	text := t.shorten(row.State)
	if row.Name != "" {
		text = escape(row.Name) + "  " + t.style.Dim.Render(text)
	}
	if row.Differs {
		t.last = "" // so that every difference has its label
	}
	t.line(mark, row.Kind, text)
	if row.Differs {
		was := "was " + t.shorten(*row.Recorded)
		if row.Change != "" {
			was += "; " + escape(row.Change)
		}
		t.line(mark, "", t.style.Warn.Render(was))
	}
}

// shorten cuts a state, such as a list of a thousand patterns, in the middle.
func (t *explainText) shorten(state string) string {
	state = escape(state)
	if runes := []rune(state); len(runes) > mostState && !t.all {
		return string(runes[:mostState/2]) + " … " + string(runes[len(runes)-mostState/2:])
	}
	return state
}

// settings prints the settings that are in force, with their origins.
func (t *explainText) settings(x *explanation) {
	for _, s := range x.Settings {
		if x.showsAsInput[s.Key] {
			continue
		}
		texts, isList := s.Value.([]string)
		if !isList {
			texts = []string{fmt.Sprint(s.Value)}
		}
		for i, text := range texts {
			t.line(" ", "setting", escape(s.Key+" "+text)+"  "+t.style.Dim.Render(escape(s.Origins[i])))
		}
	}
}

// variants prints why the other results of the call are not replayed.
func (t *explainText) variants(x *explanation) {
	for i, v := range x.Variants {
		if i == 0 && x.State == memo.Miss {
			continue // its reason is that of the decision
		}
		t.line(" ", "variant", v.Created.Format(time.DateTime)+"  "+t.style.Dim.Render(escape(v.Reason)))
	}
}

// text prints a line of the decision.
func (t *explainText) text(text string) {
	for _, part := range t.style.wrap(text, 0) {
		t.WriteString(part + "\n")
	}
}

// line prints a text with a mark and a label, over several lines if it is wider
// than the terminal. A label that is that of the line before is left out.
func (t *explainText) line(mark, label, text string) {
	shown := label
	if label == t.last {
		shown = ""
	}
	if label != "" {
		t.last = label
	}
	head := strings.TrimRight(mark+" "+shown, " ")
	for i, part := range t.style.wrap(text, explainIndent) {
		if i > 0 {
			head = mark
		}
		if len(head) >= explainIndent {
			t.WriteString(t.style.Head.Render(head) + "\n")
			head = mark
		}
		fmt.Fprintf(t, "%s%s\n", t.style.Head.Render(pad(head, explainIndent)), part)
	}
}
