package cmd

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
)

// detailIndent is where the texts of a detail begin, after their names.
const detailIndent = 14

// A detailText gathers what there is to say about a result, by names.
type detailText struct {
	bytes.Buffer
	style *style
	last  string
}

// line adds a text, over several lines if it is wider than the terminal. The
// name of the text before is not said again.
func (t *detailText) line(name, text string) {
	label := name
	if name == t.last {
		label = ""
	}
	for i, part := range t.style.wrap(text, detailIndent) {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(t, "%s%s\n", t.style.Head.Render(pad(label, detailIndent)), part)
		t.last = name
	}
}

// key returns a key, or as much of it as fits: an abbreviation does too.
func (t *detailText) key(key string) string {
	if t.style.width > 0 && len(key) > t.style.width-detailIndent {
		key = key[:16]
	}
	return t.style.Key.Render(key)
}

// printDetail prints a result for people.
func printDetail(w io.Writer, st *style, d *detail) error {
	out := &detailText{style: st}
	out.line("command", quoteCommand(d.Command))
	out.line("key", out.key(d.Key))
	out.line("directory", escape(d.Cwd))
	out.line("scope", escape(d.Scope))
	out.line("state", d.stateText(st))
	out.line("created", fmt.Sprintf("%s (%s ago), took %s", d.Created.Format(time.RFC3339), expiry.FormatSpan(d.span.Age), expiry.FormatSpan(d.result.Elapsed)))
	out.line("exit code", fmt.Sprint(d.ExitCode))
	out.line("output", fmt.Sprintf("%s on stdout, %s on stderr", bytesText(d.StdoutSize), bytesText(d.StderrSize)))
	out.line("lifetimes", d.lifetimesText())
	out.line("use", d.useText())
	out.line("tags", escape(strings.Join(d.Tags, ", ")))
	out.line("modes", strings.Join(d.Modes, ", "))
	out.line("version", escape(d.VersionCmd))
	for _, v := range d.Env {
		switch {
		case v.Set:
			out.line("variables", escape(v.Name)+"  "+st.Dim.Render("set, digest "+v.Digest[:16]))
		case !slices.Contains(fingerprint.DefaultKeyEnv(), v.Name):
			out.line("variables", escape(v.Name)+"  "+st.Dim.Render("not set"))
		}
	}
	for i := range d.Deps {
		dep := &d.Deps[i]
		text := fmt.Sprintf("%s %s  %s", dep.Kind, escape(dep.Pattern)+dep.countsText(), st.Dim.Render(dep.stateText()))
		if dep.Inherited {
			text += st.Dim.Render(", inherited")
		}
		out.line("dependencies", text)
	}
	d.printOutputs(out)
	for _, warning := range d.Warnings {
		out.line("warnings", st.Warn.Render(escape(warning)))
	}
	out.line("file", escape(d.Path))
	for _, v := range d.Variants {
		out.line("variants", fmt.Sprintf("%s  created %s", out.key(v.Key), v.Created.Format(time.RFC3339)))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// mostOutputs is how many output files are shown each.
const mostOutputs = 20

// printOutputs prints the files that the command left.
func (d *detail) printOutputs(out *detailText) {
	for i, row := range d.Outputs {
		if i == mostOutputs {
			out.line("output files", fmt.Sprintf("and %d more; --json has them", len(d.Outputs)-i))
			return
		}
		text := row.Type
		switch {
		case row.Link != "":
			text = "link to " + row.Link
		case row.Digest != "":
			text = bytesText(row.Size) + ", " + digestText(row.Digest)
		}
		out.line("output files", escape(row.Path)+"  "+out.style.Dim.Render(escape(text)))
	}
}

// stateText is the recorded state of a dependency.
func (row *dependencyRow) stateText() string {
	isGlob := row.Kind == fingerprint.KindGlob.String()
	switch {
	case isGlob && (row.Files == 0 || row.isAbsent()):
		return "matches nothing"
	case row.isAbsent():
		return "does not exist"
	case row.Files <= 1: // a file, a version command, a variable
		return "digest " + row.Digest[:16]
	}
	return count(int64(row.Files), "path", "paths") + ", digest " + row.Digest[:16]
}

// countsText is what counts of a dependency, as the end of its pattern.
func (row *dependencyRow) countsText() string {
	text := ""
	for _, name := range row.Counts {
		text += "@" + name
	}
	return text
}

// isAbsent reports whether nothing was there.
func (row *dependencyRow) isAbsent() bool {
	return len(row.Entries) == 1 && row.Entries[0].Path == "" && row.Entries[0].Type == fingerprint.TypeAbsent.String()
}

func (d *detail) stateText(st *style) string {
	whose := " by the lifetime of the run that made it"
	if d.VersionCmd != "" {
		whose += "; its version command was not asked"
	}
	switch {
	case d.State == outdated:
		return st.Bad.Render("out of date") + reasonText(d.Reason, d.State)
	case d.State == "fresh" && d.span.NoEnd:
		return st.Good.Render("fresh") + " until a dependency changes," + whose
	case d.State == "fresh":
		return st.Good.Render("fresh") + " for another " + expiry.FormatSpan(d.span.Left) + "," + whose
	case d.State == "invalidated":
		return st.Bad.Render(d.State) + reasonText(d.Reason, d.State)
	default:
		return st.Warn.Render(d.State) + reasonText(d.Reason, d.State) + "," + whose
	}
}

// reasonText sets a reason off, unless it says the same as the state.
func reasonText(reason, state string) string {
	if reason == "" || reason == state {
		return ""
	}
	return ": " + escape(reason)
}

func (d *detail) lifetimesText() string {
	text := "ttl " + d.Lifetimes.TTL
	if end := d.Lifetimes.end; !end.IsZero() {
		text = "ttl " + end.Format(time.RFC3339) // local time, as all times for people
	}
	if d.result.Carried != 0 {
		text += " (carried by the result)"
	}
	if swr := d.result.Lifetimes.SWR; swr > 0 {
		text += ", swr " + expiry.FormatDuration(swr)
	}
	if n := d.result.Lifetimes.NegativeTTL; n > 0 {
		text += ", negative-ttl " + expiry.FormatDuration(n)
	}
	return text
}

func (d *detail) useText() string {
	text := count(d.Hits, "hit", "hits")
	if d.Hits > 0 {
		text += ", saved " + expiry.FormatSpan(d.use.Saved)
	}
	if d.Runs > 0 {
		text += "; the command ran " + count(d.Runs, "time", "times")
	}
	return text
}
