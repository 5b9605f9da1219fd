package cmd

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
)

// An inputRow is one input of a call, beside what a result recorded.
type inputRow struct {
	Kind string `json:"kind"`
	// Name is that of a variable, mode, tag or file; empty for other kinds.
	Name string `json:"name"`
	// State is the present state. Recorded is that of the result; null if it
	// records none.
	State    string  `json:"state"`
	Recorded *string `json:"recorded"`
	Differs  bool    `json:"differs"`
	// Change says what has changed, in a clause.
	Change string `json:"change"`

	// many says that the row is one of what may be thousands.
	many bool
}

// fewDependencies is how many dependencies are shown each.
const fewDependencies = 20

// inputRows returns a row for every input: the fields of the key, the
// dependencies, and the tags.
func inputRows(x *memo.Explanation, command *memo.Command) []inputRow {
	var rows []inputRow
	for i := range x.Inputs {
		rows = append(rows, keyRow(&x.Inputs[i], x.Compared != nil))
	}
	for _, tag := range command.Tags {
		row := inputRow{Kind: "tag", Name: tag, State: "declared"}
		if x.Compared != nil {
			row.record("declared")
			if !slices.Contains(x.Compared.Tags, tag) {
				row.differ("not declared", "")
			}
		}
		rows = append(rows, row)
	}
	many := len(x.Dependencies) > fewDependencies
	for i := range x.Dependencies {
		list := dependencyRows(&x.Dependencies[i], x.Compared != nil)
		list[0].many = many && x.Dependencies[i].Dep.Kind != fingerprint.KindProgram
		rows = append(rows, list...)
	}
	return rows
}

func (row *inputRow) record(state string) { row.Recorded = &state }

// differ records a state that differs.
func (row *inputRow) differ(recorded, change string) {
	row.record(recorded)
	row.Differs, row.Change = true, change
}

// keyRow returns the row of a field of the key.
func keyRow(in *memo.Input, compared bool) inputRow {
	row := inputRow{Kind: string(in.Kind), Name: in.Name, State: fieldText(in, in.Now)}
	if compared && in.Known {
		row.record(fieldText(in, in.Was))
		row.Differs = in.Differs()
	}
	return row
}

// fieldText shows a field of the key.
func fieldText(in *memo.Input, words []string) string {
	switch in.Kind {
	case memo.InputCommand, memo.InputPatterns, memo.InputDeps, memo.InputOutputs:
		if len(words) == 0 {
			return "none"
		}
		return quoteCommand(words)
	case memo.InputVariable:
		if len(words) == 0 {
			return "not set"
		}
		return "set, " + digestText(words[0])
	case memo.InputDir:
		if len(words) == 0 {
			return "any"
		}
	case memo.InputMode:
		if len(words) == 0 {
			return "off"
		}
	case memo.InputStdin, memo.InputTemplate:
		if len(words) > 0 && len(words[0]) == 2*len(fingerprint.Digest{}) {
			return digestText(words[0])
		}
	}
	if len(words) == 0 {
		return "none"
	}
	return words[0]
}

func digestText(digest string) string { return "digest " + digest[:8] }

// dependencyRows returns the row of a dependency, and a row for each of its
// files if it has several.
func dependencyRows(d *memo.DependencyState, compared bool) []inputRow {
	row := inputRow{Kind: d.Dep.Kind.String(), Name: declaredText(&d.Dep)}
	switch {
	case d.Now == nil:
		row.State = "not declared"
		row.differ(dependencyText(d.Was), "")
	case d.Was == nil:
		row.State = dependencyText(d.Now)
		if compared {
			row.differ("not declared", "")
		}
	default:
		row.State = dependencyText(d.Now)
		row.record(dependencyText(d.Was))
		row.Differs = len(d.Changes) > 0
	}
	if d.Dep.Inherited {
		row.Kind += " of a memo call below"
	}
	rows := []inputRow{row}
	one := len(fileEntries(d.Now)) <= 1 && len(fileEntries(d.Was)) <= 1
	if one && d.Dep.Kind != fingerprint.KindGlob || d.Dep.Kind == fingerprint.KindProgram || d.Now == nil {
		if len(d.Changes) > 0 {
			rows[0].Change = changeText(d.Changes[0])
		}
		return rows
	}
	if len(d.Changes) > 0 {
		rows[0].Change = count(int64(len(d.Changes)), "change", "changes")
	}
	return append(rows, fileRowsOf(d)...)
}

func changeText(c fingerprint.Change) string { return c.Path + " " + c.What }

// declaredText is a dependency as it was declared.
func declaredText(dep *fingerprint.Dependency) string {
	text := dep.Pattern
	for _, name := range dep.Counts.Names() {
		text += "@" + name
	}
	for _, exclude := range dep.Excludes {
		text += " !" + exclude
	}
	return text
}

// dependencyText shows the state of a whole dependency.
func dependencyText(fp *fingerprint.Fingerprint) string {
	entries := fileEntries(fp)
	switch {
	case fp.Err != "":
		return "unknown: " + fp.Err
	case fp.Dep.Kind == fingerprint.KindProgram:
		return programText(entries)
	case fp.Dep.Kind == fingerprint.KindGlob && (len(entries) == 0 || isAbsent(entries)):
		return "nothing matches"
	case isAbsent(entries):
		return "does not exist"
	case len(entries) == 1 && fp.Dep.Kind == fingerprint.KindPath:
		return entryText(entries[0])
	case len(entries) == 0: // a version command, a variable
		return digestText(fp.Digest.String())
	}
	return count(int64(len(entries)), "path", "paths") + ", " + digestText(fp.Digest.String())
}

// fileEntries returns the entries that count; fp may be nil.
func fileEntries(fp *fingerprint.Fingerprint) []*fingerprint.Entry {
	var list []*fingerprint.Entry
	if fp == nil {
		return nil
	}
	for i := range fp.Entries {
		if !fp.Entries[i].Walked {
			list = append(list, &fp.Entries[i])
		}
	}
	return list
}

func isAbsent(entries []*fingerprint.Entry) bool {
	return len(entries) == 1 && entries[0].Path == "" && entries[0].Type == fingerprint.TypeAbsent
}

// programText shows a program with its interpreters. The entries before it are
// the places in which it was looked for.
func programText(entries []*fingerprint.Entry) string {
	var found []string
	for _, e := range entries {
		if e.Type != fingerprint.TypeAbsent {
			found = append(found, e.Path+", "+entryText(e))
		}
	}
	if len(found) == 0 {
		return "not found"
	}
	return strings.Join(found, "; interpreted by ")
}

// entryText shows one file: its size, time and digest.
func entryText(e *fingerprint.Entry) string {
	st := e.Seen()
	text := bytesText(st.Size) + ", " + time.Unix(0, st.Mtime).Format(time.DateTime)
	switch {
	case e.Type == fingerprint.TypeAbsent:
		return "does not exist"
	case e.Type == fingerprint.TypeSymlink:
		text = "link to " + e.Link
		if e.TargetType == fingerprint.TypeAbsent {
			text += ", which does not exist"
		}
	case e.Type == fingerprint.TypeDir:
		return "directory"
	case e.Type != fingerprint.TypeFile:
		return e.Type.String()
	case e.Exec:
		text += ", executable"
	}
	if !e.Digest.IsZero() {
		text += ", " + digestText(e.Digest.String())
	}
	return text
}

// fileRowsOf returns a row for each file of a dependency, sorted by path.
func fileRowsOf(d *memo.DependencyState) []inputRow {
	changed := map[string]string{}
	for _, c := range d.Changes {
		changed[filepath.ToSlash(c.Path)] = c.What
	}
	was := map[string]*fingerprint.Entry{}
	for _, e := range fileEntries(d.Was) {
		was[e.Path] = e
	}
	var rows []inputRow
	add := func(path, state string, old *fingerprint.Entry) {
		row := inputRow{Kind: "file", Name: d.Dep.Shown(path), State: state, many: true}
		recorded := "does not exist"
		if old != nil {
			recorded = entryText(old)
		}
		what, differs := changed[d.Dep.Shown(path)]
		switch {
		case differs:
			row.differ(recorded, what)
		case d.Was != nil:
			row.record(recorded)
		}
		rows = append(rows, row)
	}
	for _, e := range fileEntries(d.Now) {
		add(e.Path, entryText(e), was[e.Path])
		delete(was, e.Path)
	}
	for path, e := range was {
		add(path, "does not exist", e)
	}
	slices.SortStableFunc(rows, func(a, b inputRow) int { return strings.Compare(a.Name, b.Name) })
	return rows
}
