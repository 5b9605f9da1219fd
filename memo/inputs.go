package memo

import (
	"fmt"
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// An Input is one field of a command's identity, beside the same field of a
// recorded result.
type Input struct {
	Kind InputKind
	Name string // of a variable or a mode; empty for other kinds
	// Now is the field in the call: the words of a list, or one text. Was is the
	// field of the result if Known. Instead of the value of a variable, of the
	// standard input or of a key template it is a digest.
	Now, Was []string
	Known    bool
}

// An InputKind is a kind of [Input].
type InputKind string

const (
	InputCommand  InputKind = "command"
	InputTemplate InputKind = "key" // a template
	InputScope    InputKind = "scope"
	InputDir      InputKind = "directory" // no text: any
	InputDirName  InputKind = "PWD"       // if it is another name of the directory
	InputUser     InputKind = "user"
	InputStdin    InputKind = "stdin"
	InputPatterns InputKind = "env"      // the names and globs that -e declares
	InputVariable InputKind = "variable" // no text: not set
	InputDeps     InputKind = "dep"      // what -d declares
	InputOutputs  InputKind = "output"
	InputVersion  InputKind = "version_cmd"
	InputMode     InputKind = "mode" // no text: off
)

// Differs reports whether the call is known to differ from the result.
func (in *Input) Differs() bool { return in.Known && !slices.Equal(in.Now, in.Was) }

// otherWord is how much a differing word of a command counts, where any other
// field counts 1: the same command elsewhere is nearer than another one here.
const otherWord = 16

// distance returns how much a difference counts.
func (in *Input) distance() int {
	switch {
	case !in.Differs():
		return 0
	case in.Kind == InputCommand:
		return otherWord * wordDistance(in.Now, in.Was)
	}
	return 1
}

// distance returns how much a result differs from a call.
func distance(inputs []Input) int {
	n := 0
	for i := range inputs {
		n += inputs[i].distance()
	}
	return n
}

// InputsOf returns every field of an identity, beside those of a result; res
// may be nil. A result with the same key has the same fields.
func InputsOf(id *fingerprint.Identity, res *store.Result) []Input {
	l := inputList{res: res, some: res != nil, same: res != nil && res.Key == id.Key()}
	if res == nil {
		l.res = &store.Result{}
	}
	l.command(id)
	l.add(InputScope, text(id.Scope), text(l.res.Scope))
	l.directory(id)
	l.caller(id)
	l.add(InputPatterns, id.Patterns, l.res.Patterns)
	l.variables(id)
	l.add(InputDeps, id.Deps, l.res.DepArgs)
	l.add(InputOutputs, id.Outputs, l.res.OutputArgs)
	l.add(InputVersion, text(id.VersionCmd), text(l.res.VersionCmd))
	for _, mode := range []struct {
		flag      string
		here, had bool
	}{
		{"-c", id.Shell, l.res.Shell}, {"--stdin", id.HasStdin, l.res.Stdin}, {"--pty", id.Pty, l.res.Pty},
		{"--no-program", id.NoProgram, l.res.NoProgram},
	} {
		l.addIf(l.some, Input{Kind: InputMode, Name: mode.flag, Now: on(mode.here), Was: on(mode.had)})
	}
	return l.list
}

// An inputList gathers the inputs of a call beside those of a result.
type inputList struct {
	res  *store.Result
	some bool // there is a result
	same bool // the result has the key of the call
	list []Input
}

// add adds a field that every result records.
func (l *inputList) add(kind InputKind, now, was []string) {
	l.addIf(l.some, Input{Kind: kind, Now: now, Was: was})
}

// addIf adds a field that the result records if known.
func (l *inputList) addIf(known bool, in Input) {
	in.Known = known || l.same
	switch {
	case l.same:
		in.Was = in.Now
	case !known:
		in.Was = nil
	}
	l.list = append(l.list, in)
}

// command adds the words, or the template that replaces them in the key. Behind
// a template the words may be any.
func (l *inputList) command(id *fingerprint.Identity) {
	templated := id.HasTemplate || l.res.Template
	l.addIf(l.some && !templated, Input{Kind: InputCommand, Now: id.Argv, Was: l.res.Argv})
	if !templated {
		return
	}
	template := Input{Kind: InputTemplate}
	if id.HasTemplate {
		h := fingerprint.NewFieldHash("memo shown template 1")
		h.String("template", id.Template)
		template.Now = digestText(h.Sum())
	}
	known := l.some && id.HasTemplate != l.res.Template // the template itself is not recorded
	if l.res.Template {
		template.Was = text("another")
	}
	l.addIf(known, template)
}

// directory adds the directory and its other name.
func (l *inputList) directory(id *fingerprint.Identity) {
	dir := func(path string, anywhere bool) []string {
		if anywhere {
			return nil
		}
		return []string{path}
	}
	l.add(InputDir, dir(id.Dir, id.AnyDir), dir(l.res.Dir, l.res.AnyDir))
	was := ""
	if l.res.Caller != nil {
		was = l.res.Caller.DirName
	}
	if id.DirName != "" || was != "" {
		l.addIf(l.res.Caller != nil, Input{Kind: InputDirName, Now: text(id.DirName), Was: text(was)})
	}
}

// caller adds the user and the standard input.
func (l *inputList) caller(id *fingerprint.Identity) {
	user := Input{Kind: InputUser, Now: userText(id.Euid, id.Egid)}
	var stdin Input
	caller := l.res.Caller
	if caller != nil {
		user.Was, stdin.Was = userText(caller.Euid, caller.Egid), digestText(caller.Stdin)
	}
	l.addIf(caller != nil, user)
	if id.HasStdin {
		stdin.Kind, stdin.Now = InputStdin, digestText(id.Stdin)
		l.addIf(caller != nil && l.res.Stdin, stdin)
	}
}

// variables adds the states of the variables in the key. If the result declares
// other ones, nothing is known of a variable that it doesn't record.
func (l *inputList) variables(id *fingerprint.Identity) {
	was := map[string]fingerprint.EnvState{}
	for _, e := range l.res.Env {
		was[e.Name] = e
	}
	alike := l.some && slices.Equal(id.Patterns, l.res.Patterns)
	add := func(name string, now fingerprint.EnvState) {
		e, recorded := was[name]
		delete(was, name)
		l.addIf(recorded || alike, Input{Kind: InputVariable, Name: name, Now: stateText(now), Was: stateText(e)})
	}
	for _, e := range id.Env {
		add(e.Name, e)
	}
	for _, e := range l.res.Env {
		if _, left := was[e.Name]; left && alike {
			add(e.Name, fingerprint.EnvState{})
		}
	}
}

// text is a field of one text, which may be empty.
func text(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func on(set bool) []string {
	if !set {
		return nil
	}
	return []string{"on"}
}

func stateText(e fingerprint.EnvState) []string {
	if !e.Set {
		return nil
	}
	return digestText(e.Digest)
}

func digestText(d fingerprint.Digest) []string { return []string{d.String()} }

func userText(euid, egid int) []string { return []string{fmt.Sprintf("uid %d, gid %d", euid, egid)} }

// wordDistance returns how many words have to be added, removed or replaced to
// turn one list into the other (Levenshtein's distance, over words).
func wordDistance(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
