package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// mostCompleted bounds the results that are opened to complete a word, so that
// the user notices no delay.
const mostCompleted = 5_000

// completing reports whether a shell asks this call for completions.
func (a *app) completing() bool {
	return len(a.args) > 0 && (a.args[0] == cobra.ShellCompRequestCmd || a.args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completeValues registers the completions of flag values and arguments with
// cobra. Values without a completion don't complete to files. It is called only
// if a shell asks.
func completeValues(app *app, root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		register := func(f *pflag.Flag) {
			if complete := app.flagValues(f); complete != nil {
				_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // the flag's own stays, if it has one
			}
		}
		cmd.Flags().VisitAll(register)
		cmd.PersistentFlags().VisitAll(register)
		switch cmd.CommandPath() {
		case "memo run", "memo keep", "memo session":
			cmd.ValidArgsFunction = app.completeCommand
		case "memo show":
			cmd.ValidArgsFunction = app.behindDash(app.completeKey)
		case "memo invalidate", "memo config", "memo config show":
			cmd.ValidArgsFunction = app.behindDash(cobra.NoFileCompletions)
		case "memo config trust":
			cmd.ValidArgsFunction = completeFiles
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
}

// flagValues returns the function that completes the value of a flag, or nil.
func (a *app) flagValues(f *pflag.Flag) cobra.CompletionFunc {
	fixed := func(values ...cobra.Completion) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
	}
	switch name := f.Value.Type(); {
	case name == "WHEN":
		return fixed("auto", "always", "never")
	case name == "EXPIRY":
		return fixed("90s", "10m", "1h", "1d12h", "never\tuntil a dependency changes", "18:00\tthe next one", "2030-12-31\ta date")
	case name == "DUR":
		return fixed("10s", "5m", "1h", "1d", "7d")
	case name == "SIZE":
		return fixed("500k", "10MiB", "500MiB", "1GiB")
	case name == "CODES":
		return fixed("0", "0,1")
	case name == "DIR", name == "FILE", name == "PATTERN":
		return completeFiles
	case name == "CMD":
		return a.completeProgram
	case name == "PREFIX":
		return a.completeKey
	case f.Name == "env":
		return a.completeVariable
	case f.Name == "tag":
		return a.completeRecorded(func(r *store.Result) []string { return r.Tags })
	case f.Name == "scope":
		return a.completeRecorded(func(r *store.Result) []string { return []string{r.Scope} })
	}
	return nil
}

// completeFiles lets the shell complete files.
func completeFiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// behindDash completes the words of a command after "--", and the words before
// it with another function.
func (a *app) behindDash(before cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		// The position that pflag knows is that of another parse, to which
		// cobra has added a dash.
		if slices.Contains(a.args[:len(a.args)-1], "--") {
			return a.completeCommand(cmd, args, prefix)
		}
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return before(cmd, args, prefix)
	}
}

// completeCommand completes the words of a command: a program, then files.
func (a *app) completeCommand(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return a.completeProgram(cmd, args, prefix)
}

// completeProgram completes the name of a program on PATH, or its file.
func (a *app) completeProgram(_ *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	if strings.ContainsAny(prefix, `/\~`) {
		return nil, cobra.ShellCompDirectiveDefault
	}
	path, _ := a.world.LookupEnv("PATH")
	for _, dir := range filepath.SplitList(path) {
		dir = a.world.Abs(dir)
		entries, _ := os.ReadDir(dir) // an unreadable directory has no programs
		for _, entry := range entries {
			if !strings.HasPrefix(entry.Name(), prefix) || entry.IsDir() || !printable(entry.Name()) {
				continue
			}
			if _, err := exec.LookPath(filepath.Join(dir, entry.Name())); err == nil {
				names = append(names, entry.Name())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), cobra.ShellCompDirectiveDefault
}

// completeVariable completes the name of an environment variable.
func (a *app) completeVariable(_ *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, kv := range a.environ {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, prefix) && fingerprint.ValidEnvName(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeRecorded completes a word from the results in the store.
func (a *app) completeRecorded(words func(*store.Result) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var found []cobra.Completion
		_, s, err := a.openToShow(nil, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		refs, _, _ := allRefs(s) // an unreadable directory has no words
		for _, ref := range refs[:min(len(refs), mostCompleted)] {
			r, err := s.Open(ref)
			if err != nil {
				continue
			}
			for _, word := range words(r.Result) {
				if word != "" && strings.HasPrefix(word, prefix) && printable(word) {
					found = append(found, word)
				}
			}
			r.Close()
		}
		slices.Sort(found)
		return slices.Compact(found), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeKey completes a key, abbreviated as in `memo list`, newest first. The
// description is the command.
func (a *app) completeKey(_ *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const order = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	_, s, err := a.openToShow(nil, nil)
	if err != nil {
		return nil, order
	}
	refs, keys, _ := allRefs(s) // an unreadable directory has no keys
	short := abbreviate(keys)
	var found []cobra.Completion
	seen := map[fingerprint.Key]bool{}
	for _, ref := range refs {
		if seen[ref.Key] || !strings.HasPrefix(ref.Key.String(), prefix) {
			continue
		}
		if seen[ref.Key] = true; len(seen) > mostCompleted {
			break
		}
		if res, err := newest(s, ref.Key); err == nil {
			word := ref.Key.String()[:max(len(short[ref.Key]), len(prefix))]
			found = append(found, cobra.CompletionWithDesc(word, quoteCommand(res.Argv)))
		}
	}
	return found, order
}

// printable reports whether a word can be a completion: it is one line without
// control characters.
func printable(word string) bool { return escape(word) == word }
