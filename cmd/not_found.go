package cmd

import (
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
)

// An unstarted command is one whose program memo did not find, or found but
// could not execute.
type unstarted struct {
	app   *app
	flags *pflag.FlagSet // of the call
	argv  []string
	name  string // argv[0]
	found bool
}

// notFoundHint says what to type instead of a command that could not be
// started; "" if memo has no idea, or if the error is not about that. A command
// that itself exits with 127 was started.
func notFoundHint(app *app, flags *pflag.FlagSet, argv []string, err error) string {
	start, ok := errors.AsType[*memo.StartError](err)
	if !ok || app.quiet || isOn(flags, "shell") || start.Program != argv[0] {
		return ""
	}
	program, ok := errors.AsType[*fingerprint.ProgramError](err)
	if !ok {
		return ""
	}
	u := &unstarted{app: app, flags: flags, argv: argv, name: argv[0], found: program.Path != ""}
	for _, mistake := range mistakes() {
		if hint := mistake(u); hint != "" {
			return hint
		}
	}
	return ""
}

// mistakes returns what may have been meant by a command that can't be started,
// the surest first. Each returns what to type, or "" if it doesn't apply.
func mistakes() []func(*unstarted) string {
	return []func(*unstarted) string{
		(*unstarted).asOneDash,
		(*unstarted).asGlob,
		(*unstarted).asFlags,
		(*unstarted).asHere,
		(*unstarted).asVariable,
		(*unstarted).asScript,
		(*unstarted).asOneWord,
		(*unstarted).asBuiltin,
		(*unstarted).asCommandOfMemo,
		(*unstarted).asExportedFunction,
		(*unstarted).asAlias,
	}
}

// asOneDash: `memo run -env NAME -- CMD`, which is -e nv.
func (u *unstarted) asOneDash() string {
	if long := u.app.oneDash(u.flags, u.argv); long != "" && !u.found {
		return "did you mean " + long + "?"
	}
	return ""
}

// asGlob: `memo run -d *.py -- CMD`, of which the shell makes several words.
func (u *unstarted) asGlob() string {
	deps := config.FlagTexts(u.flags.Lookup("dep"))
	if len(deps) == 0 {
		return ""
	}
	last := deps[len(deps)-1]
	glob := filepath.Join(filepath.Dir(last), "*"+filepath.Ext(last))
	if same, err := filepath.Match(glob, u.name); !same || err != nil {
		return ""
	}
	names, _ := filepath.Glob(glob) // which is a good pattern
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(filepath.Base(name), ".") })
	for _, name := range names {
		if name != last && !slices.Contains(u.argv[:min(len(u.argv), len(names)-1)], name) {
			return ""
		}
	}
	if len(names) < 2 {
		return ""
	}
	return "after -d a glob has to be quoted: -d '" + glob + "'"
}

// asHere: `memo run build.sh`, which is in the working directory.
func (u *unstarted) asHere() string {
	if u.found || strings.Contains(u.name, "/") {
		return ""
	}
	if st, err := u.app.world.Stat(u.app.world.Abs(u.name)); err != nil || st.Type() != fingerprint.TypeFile {
		return ""
	}
	return "it is in this directory, which is not on PATH: memo run -- ./" + quoteCommand(u.argv)
}

// asFlags: `memo run 10m -- CMD`.
func (u *unstarted) asFlags() string {
	if u.found || !slices.Contains(u.argv[1:], "--") {
		return ""
	}
	return "the flags of memo end at the first word that is not one: " + quoteWord(u.name)
}

// asVariable: `memo run NAME=value CMD`, which env and shells understand.
func (u *unstarted) asVariable() string {
	assignment := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	n := slices.IndexFunc(u.argv, func(word string) bool { return !assignment.MatchString(word) })
	if u.found || n == 0 || strings.Contains(u.name, "/") && n < 0 {
		return ""
	}
	command := "COMMAND"
	if n > 0 {
		command = quoteCommand(u.argv[n:])
	} else {
		n = len(u.argv)
	}
	before, flags := "", ""
	for _, word := range u.argv[:n] {
		name, value, _ := strings.Cut(word, "=")
		before += name + "=" + quoteValue(value) + " "
		flags += " -e " + name
	}
	return before + "memo run" + flags + " -- " + command
}

// quoteValue quotes the value of an assignment, which may be empty.
func quoteValue(value string) string {
	if value == "" {
		return ""
	}
	return quoteWord(value)
}

// asScript: `memo run 'a | b'`.
func (u *unstarted) asScript() string {
	if u.found || !strings.ContainsAny(u.name, "|;&<>()`$\n*\"'") || !strings.ContainsAny(u.name, " \t\n") && len(u.argv) > 1 {
		return ""
	}
	return "for pipes and shell syntax: memo run -c " + quoteCommand(u.argv)
}

// asOneWord: `memo run 'ls -l'`.
func (u *unstarted) asOneWord() string {
	words := strings.Fields(u.name)
	if u.found || len(words) < 2 || strings.Contains(words[0], "/") && len(u.argv) > 1 {
		return ""
	}
	return "the command is one word with blanks; write: memo run -- " + quoteCommand(append(words, u.argv[1:]...))
}

// asBuiltin: `memo run cd DIR`.
func (u *unstarted) asBuiltin() string {
	switch {
	case u.found:
	case slices.Contains(strings.Fields(". alias bg bind builtin cd command declare dirs disown enable eval exec exit export fg function hash history jobs local logout popd pushd read readonly return set setopt shift shopt source suspend trap typeset ulimit umask unalias unset wait"), u.name):
		return u.name + " is built into the shell and changes the shell itself; memo runs programs, and scripts with -c"
	case slices.Contains(strings.Fields("[[ caller compgen complete getopts help let mapfile times type whence where"), u.name):
		return u.name + " is built into the shell; memo runs programs, and scripts with -c: memo run -c " + quoteWord(quoteCommand(u.argv))
	}
	return ""
}

// asCommandOfMemo: `memo run stats`.
func (u *unstarted) asCommandOfMemo() string {
	root := newRootCmd(&app{stdin: u.app.stdin, stdout: u.app.stdout, stderr: u.app.stderr, settings: u.app.settings, world: u.app.world})
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() && (cmd.Name() == u.name || cmd.HasAlias(u.name)) && !u.found {
			return "did you mean memo " + cmd.Name() + "?"
		}
	}
	return ""
}

// asExportedFunction: a function of bash that is in the environment.
func (u *unstarted) asExportedFunction() string {
	if _, ok := u.app.world.LookupEnv("BASH_FUNC_" + u.name + "%%"); !ok || u.found {
		return ""
	}
	return u.name + " is a function of bash: memo run -- bash -c " + quoteWord(quoteCommand(u.argv))
}

// asAlias: a name that only an interactive shell can know.
func (u *unstarted) asAlias() string {
	if u.found || strings.ContainsAny(u.name, "/ ") || u.name == "" || !isTerminal(u.app.stderr) {
		return ""
	}
	text := "memo runs programs; write an alias or a function of the shell out"
	shell, _ := u.app.world.LookupEnv("SHELL")
	call := quoteWord(quoteCommand(u.argv))
	switch filepath.Base(shell) {
	case "bash":
		text += ", or a function: export -f " + quoteWord(u.name) + "; memo run -- bash -c " + call
	case "zsh":
		text += ", or: memo run -- zsh -ic " + call
	case "fish":
		text += ", or: memo run -- fish -c " + call
	}
	return text
}
