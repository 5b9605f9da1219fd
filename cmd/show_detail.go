package cmd

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A detail is all that memo show prints of one result.
type detail struct {
	entry
	ElapsedMS  int64         `json:"elapsed_ms"`
	StdoutSize int64         `json:"stdout_size"`
	StderrSize int64         `json:"stderr_size"`
	LastUsed   *time.Time    `json:"last_used"` // null: never, as far as is known
	Lifetimes  lifetimesRow  `json:"lifetimes"`
	Modes      []string      `json:"modes"`
	Env        []variableRow `json:"env"`
	VersionCmd string        `json:"version_cmd"`
	Runs       int64         `json:"runs"` // of the command, as far as they were counted
	Path       string        `json:"path"`
	Variants   []variantRow  `json:"variants"` // the other results of the command
	Warnings   []string      `json:"warnings"` // dependencies that stand for nothing now

	result *store.Result
}

// lifetimesRow are the lifetimes of the run that made a result.
type lifetimesRow struct {
	TTL           string `json:"ttl"`
	SWRMS         int64  `json:"swr_ms"`
	NegativeTTLMS int64  `json:"negative_ttl_ms"`
	CacheExit     []int  `json:"cache_exit"`

	end time.Time // that the TTL is, if it is one
}

// A variableRow is a variable of the key. Its value is not known.
type variableRow struct {
	Name   string `json:"name"`
	Set    bool   `json:"set"`
	Digest string `json:"digest"`
}

// A variantRow is another result of the same command.
type variantRow struct {
	Key     string    `json:"key"`
	Created time.Time `json:"created"`
	Path    string    `json:"path"`
}

func newDetail(m *entryMaker, ref store.Ref, r *store.Reading, refs []store.Ref) *detail {
	res := r.Result
	d := &detail{
		entry:      *m.entry(ref, r),
		ElapsedMS:  res.Elapsed.Milliseconds(),
		StdoutSize: res.StdoutSize,
		StderrSize: res.StderrSize,
		Lifetimes:  newLifetimesRow(res),
		Modes:      modes(res),
		Env:        []variableRow{},
		VersionCmd: res.VersionCmd,
		Path:       m.store.ResultPath(ref),
		Variants:   []variantRow{},
		result:     res,
	}
	var deps []fingerprint.Dependency
	for i := range d.Deps {
		d.Deps[i].Entries = newFileRows(&res.Fingerprints[i])
		deps = append(deps, res.Fingerprints[i].Dep)
	}
	d.Warnings = orEmpty(warningsOf(m.takerFor(res), deps))
	for _, e := range res.Env {
		row := variableRow{Name: e.Name, Set: e.Set}
		if e.Set {
			row.Digest = e.Digest.String()
		}
		d.Env = append(d.Env, row)
	}
	for _, other := range refs {
		if other != ref {
			d.Variants = append(d.Variants, variantRow{other.Key.String(), time.Unix(0, other.Created), m.store.ResultPath(other)})
		}
	}
	if at := d.use.LastUsed; at != 0 {
		t := time.Unix(0, at)
		d.LastUsed = &t
	}
	if st, err := m.store.Stats(time.Time{}); err == nil {
		for i := range st.Commands {
			if st.Commands[i].Key.Group() == ref.Key.Group() {
				d.Runs = st.Commands[i].Misses
			}
		}
	}
	return d
}

func newLifetimesRow(res *store.Result) lifetimesRow {
	l := res.Lifetimes
	row := lifetimesRow{
		TTL:           expiry.For(l.TTL).String(),
		SWRMS:         l.SWR.Milliseconds(),
		NegativeTTLMS: l.NegativeTTL.Milliseconds(),
		CacheExit:     l.CacheExit,
	}
	switch {
	case res.Carried == store.NoEnd:
		row.TTL = expiry.Never().String()
	case res.Carried != 0:
		row.end = time.Unix(0, res.Carried)
	case l.Never:
		row.TTL = expiry.Never().String()
	case l.Until != 0:
		row.end = time.Unix(0, l.Until)
	}
	if !row.end.IsZero() {
		row.TTL = expiry.At(row.end).String()
	}
	if len(row.CacheExit) == 0 {
		row.CacheExit = []int{0}
	}
	return row
}

// modes returns the flags of the run that belong to the key.
func modes(res *store.Result) []string {
	list := []string{}
	for _, m := range []struct {
		name string
		on   bool
	}{
		{"shell", res.Shell}, {"pty", res.Pty}, {"stdin", res.Stdin}, {"any-cwd", res.AnyDir},
		{"no-program", res.NoProgram}, {"key", res.Template},
	} {
		if m.on {
			list = append(list, m.name)
		}
	}
	return list
}

// printDetail prints a result for people.
func printDetail(w io.Writer, st *style, d *detail) error {
	var out bytes.Buffer
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&out, "%s  %s\n", st.Head.Render(pad(name, 12)), text)
		}
	}
	line("command", quoteCommand(d.Command))
	line("key", st.Key.Render(d.Key))
	line("directory", escape(d.Cwd))
	line("scope", escape(d.Scope))
	line("state", d.stateText(st))
	line("created", fmt.Sprintf("%s (%s ago), took %s", d.Created.Format(time.RFC3339), expiry.FormatSpan(d.span.Age), expiry.FormatSpan(d.result.Elapsed)))
	line("exit code", fmt.Sprint(d.ExitCode))
	line("output", fmt.Sprintf("%s on stdout, %s on stderr", bytesText(d.StdoutSize), bytesText(d.StderrSize)))
	line("lifetimes", d.lifetimesText())
	line("use", d.useText())
	line("tags", escape(strings.Join(d.Tags, ", ")))
	line("modes", strings.Join(d.Modes, ", "))
	line("version", escape(d.VersionCmd))
	for i, v := range d.Env {
		state := "not set"
		if v.Set {
			state = "set, digest " + v.Digest[:16]
		}
		line(first(i, "variables"), escape(v.Name)+"  "+st.Dim.Render(state))
	}
	for i := range d.Deps {
		dep := &d.Deps[i]
		text := fmt.Sprintf("%s %s  %s", dep.Kind, escape(dep.Pattern)+dep.countsText(), st.Dim.Render(dep.stateText()))
		if dep.Inherited {
			text += st.Dim.Render(", inherited")
		}
		line(first(i, "dependencies"), text)
	}
	for i, warning := range d.Warnings {
		line(first(i, "warnings"), st.Warn.Render(escape(warning)))
	}
	line("file", escape(d.Path))
	for i, v := range d.Variants {
		line(first(i, "variants"), fmt.Sprintf("%s  created %s", st.Key.Render(v.Key), v.Created.Format(time.RFC3339)))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// stateText is the recorded state of a dependency.
func (row *dependencyRow) stateText() string {
	isGlob := row.Kind == fingerprint.KindGlob.String()
	switch {
	case isGlob && (row.Files == 0 || row.isAbsent()):
		return "matches nothing"
	case row.isAbsent():
		return "does not exist"
	case row.Files == 0: // a version command, a variable
		return row.Digest[:16]
	}
	return row.Digest[:16] + ", " + count(int64(row.Files), "path", "paths")
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

// first returns the name in the first line of several.
func first(i int, name string) string {
	if i == 0 {
		return name
	}
	return ""
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
