package cmd

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/store"
)

type invalidateOptions struct {
	commands  []string
	keys      []string
	olderThan string
	expired   bool
	all       bool
	dryRun    bool
	json      bool

	argv  []string
	flags *pflag.FlagSet // all flags, including those of `memo run`
	run   *pflag.FlagSet // the flags of `memo run`
}

const invalidateHelp = `End results, so that memo never replays them again. If you give several
selectors, every result that matches any of them ends. This takes effect at
once, even for the results of runs in flight. memo then prints how many results
ended.

--command GLOB matches the whole command: its words joined by single spaces,
without quotes. Only * is special; it matches any text.

With -- COMMAND every result of that command ends that was made in this
directory and in the scope that applies here (none, if none is set). With flags
of memo run that belong to the key (such as --env, --dep, -c, --version-cmd),
only those of exactly that call; --dep then is that flag and selects nothing
else.`

const invalidateExample = `  memo invalidate --tag users
  memo invalidate --dep go.mod --dep 'api/**/*.proto'
  memo invalidate --command 'kubectl get *'
  memo invalidate -- kubectl get pods
  memo invalidate --older-than 7d --dry-run`

// newInvalidateCmd returns `memo invalidate`.
func newInvalidateCmd(app *app) *cobra.Command {
	var o invalidateOptions
	cmd := &cobra.Command{
		Use:     "invalidate [flags] [-- COMMAND [ARG...]]",
		Short:   "End results by dependency, tag, command, scope, key or age",
		Long:    invalidateHelp,
		Example: invalidateExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				if dash > 0 {
					args = args[:dash]
				}
				return unexpected(args, cmd.Flags().Changed("shell"))
			}
			for _, glob := range o.commands {
				if err := config.CheckName(glob); err != nil {
					return usagef("--command: %v", err)
				}
			}
			o.argv, o.flags = args, cmd.Flags()
			return runInvalidate(app, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.run = app.addKeyFlags(flags)
	flags.Var(config.NewListFlag(&o.commands, "GLOB"), "command", "end the results of commands that match GLOB as a whole; * matches any text")
	flags.Var(config.NewListFlag(&o.keys, "PREFIX"), "key", "end the results whose key begins with PREFIX")
	flags.Var(config.NewCheckedFlag(&o.olderThan, "DUR", config.DurationKind), "older-than", "end results older than DUR")
	flags.BoolVar(&o.expired, "expired", false, "remove results that have expired by the lifetime that their run declared")
	flags.BoolVar(&o.all, "all", false, "end everything")
	flags.BoolVar(&o.dryRun, "dry-run", false, "only print how many results match")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	return cmd
}

// unexpected returns the error about arguments without a preceding --.
func unexpected(args []string, shell bool) error {
	hint := "memo invalidate -c -- " + quoteCommand(args)
	if !shell {
		hint = "memo invalidate --tag " + quoteWord(args[0]) + ", or for a command: memo invalidate -- " + quoteCommand(args)
	}
	return &usageError{text: fmt.Sprintf("unexpected argument %q", args[0]), hint: hint}
}

// addKeyFlags declares the flags of `memo run` and returns all of them. Flags
// that are part of the key are visible. The others are accepted and hidden, so
// that the user can copy the words of a call. --key is left out because it
// names keys here; results recorded under a template are found without it.
func (a *app) addKeyFlags(flags *pflag.FlagSet) *pflag.FlagSet {
	run := pflag.NewFlagSet("run", pflag.ContinueOnError)
	a.addRunFlags(run)
	run.VisitAll(func(f *pflag.Flag) {
		if f.Name != "key" {
			flags.AddFlag(f)
		}
	})
	shown := map[string]string{
		"dep":   "end results that depend on a file, directory or glob",
		"tag":   "end results with the tag NAME",
		"scope": "end results in scope NAME",
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if usage, ok := shown[f.Name]; ok {
			f.Usage = usage
		} else if a.partOf(f.Name) != config.KeyPart {
			f.Hidden = true
		}
	})
	return run
}

func runInvalidate(app *app, o invalidateOptions) error {
	cfg, s, err := app.openToChange(o.run, o.argv, nil)
	if err != nil {
		return err
	}
	events, s := app.newEvents(cfg.OnEvent, s)
	defer events.Flush()
	end := store.EndOptions{Reason: store.Invalidated, DryRun: o.dryRun}
	if end.Selector, err = o.selector(app, cfg, s); err != nil {
		return err
	}
	if o.expired {
		now := app.world.Now()
		end.Match = func(r *store.Result) bool { return memo.Recorded(r, now).State == memo.Expired }
	}
	switch empty := end.Selector.Empty(); {
	case empty && !o.expired:
		return &usageError{text: "nothing selected", hint: "memo invalidate --tag NAME, or --all for everything"}
	case empty:
		end.Reason = store.Expired
	case !o.dryRun:
		// A missing store has no results, and no run uses it.
		if err := s.Invalidate(end.Selector); err != nil && !isGone(err) {
			return err
		}
	}
	n, err := s.End(end)
	if err != nil {
		return err
	}
	if !o.dryRun {
		// Best effort: a large log and wrong figures cost time, but no answer is
		// wrong.
		_ = s.CompactLog()
		_, _ = s.FoldIfLarge()
		recall.Sweep(s.Path(), app.world.Now())
	}
	if n == 0 && len(o.argv) > 0 && !o.json {
		near := nearest{app: app, cfg: cfg, run: o.run, argv: o.argv, call: "memo invalidate", key: "memo invalidate --key "}
		if hint := near.find(s); hint != "" {
			app.hint(hint)
		}
	}
	return o.print(app, n)
}

// selector returns what the flags select.
func (o *invalidateOptions) selector(app *app, cfg *config.Config, s *store.Store) (store.Selector, error) {
	sel := store.Selector{Commands: o.commands, All: o.all}
	sel.Tags = config.FlagTexts(o.flags.Lookup("tag"))
	for _, key := range o.keys {
		prefix, err := checkPrefix("invalidate", key)
		if err != nil {
			return sel, err
		}
		if keys, err := s.Resolve(prefix); err != nil {
			return sel, err
		} else if len(keys) > 1 {
			return sel, &usageError{text: fmt.Sprintf("key %s is ambiguous: %s", prefix, candidates(s, keys)), hint: "type more of it, as `memo list` shows it"}
		}
		sel.Keys = append(sel.Keys, prefix)
	}
	if o.olderThan != "" {
		d, err := expiry.ParseDuration(o.olderThan)
		if err != nil {
			return sel, err
		}
		sel.Before = max(1, app.world.Now().Add(-d).UnixNano())
	}
	if len(o.argv) > 0 {
		err := o.selectCommand(app, cfg, s, &sel)
		return sel, err
	}
	if o.flags.Changed("scope") {
		sel.Scopes = config.FlagTexts(o.flags.Lookup("scope"))
	}
	for _, dep := range config.FlagTexts(o.flags.Lookup("dep")) {
		if dep == "" {
			return sel, usagef("--dep: the path is empty")
		}
		path, err := config.AtHome(app.world, dep)
		if err != nil {
			return sel, usagef("--dep: %v", err)
		}
		sel.Paths = append(sel.Paths, spellings(app.world.Abs(path))...)
	}
	return sel, nil
}

// spellings returns an absolute path or glob, and its form without symlinks if
// that differs.
func spellings(path string) []string {
	for dir, rest := path, ""; ; dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest) {
		physical, err := filepath.EvalSymlinks(dir)
		switch {
		case err == nil && physical != dir:
			return []string{path, filepath.Join(physical, rest)}
		case err == nil, dir == filepath.Dir(dir):
			return []string{path}
		}
	}
}

// selectCommand adds all keys, or exactly one key, of the command after -- to
// sel.
func (o *invalidateOptions) selectCommand(app *app, cfg *config.Config, s *store.Store, sel *store.Selector) error {
	if !app.isExact(o.run) {
		calls, err := app.selectCalls(cfg, o.argv)
		sel.Groups, sel.Calls = calls.Groups, calls.Calls
		return err
	}
	id, err := app.identify(cfg, s, o.argv)
	if err != nil {
		return err
	}
	key := id.Key()
	sel.Keys = append(sel.Keys, key.String())
	return nil
}

// invalidateReport is the output of `memo invalidate --json`.
type invalidateReport struct {
	Results int  `json:"results"`
	DryRun  bool `json:"dry_run"`
}

func (o *invalidateOptions) print(app *app, n int) error {
	if o.json {
		return printJSON(app.stdout, invalidateReport{n, o.dryRun})
	}
	text := count(int64(n), "result", "results") + " ended"
	if o.dryRun {
		text = count(int64(n), "result", "results") + " would end"
	}
	if o.expired {
		text += " (expired: by the lifetime of the run that made it)"
	}
	_, err := fmt.Fprintln(app.stdout, text)
	return err
}
