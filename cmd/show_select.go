package cmd

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// addCallFlags declares the flags of `memo run` for a command that is about
// the result of a call. Those that say which call are shown; the others are
// accepted, so that the words of a call can stay as they are. The flags of
// `memo run` are returned, all of them.
func (a *app) addCallFlags(flags *pflag.FlagSet) *pflag.FlagSet {
	run := pflag.NewFlagSet("run", pflag.ContinueOnError)
	a.addRunFlags(run)
	run.VisitAll(func(f *pflag.Flag) {
		if a.partOf(f.Name) == config.NoPart {
			f.Hidden = true
		}
		if flags.Lookup(f.Name) == nil { // memo show has an --output of its own
			flags.AddFlag(f)
		}
	})
	return run
}

// onlyWithCommand returns an error if flags of `memo run` were given about no
// command.
func onlyWithCommand(run *pflag.FlagSet, args []string) error {
	var err error
	run.VisitAll(func(f *pflag.Flag) {
		if f.Changed && err == nil {
			err = &usageError{
				text: fmt.Sprintf("--%s is about a command, and %q is taken for a key", f.Name, args[0]),
				hint: "memo show --" + f.Name + " ... -- " + quoteCommand(args),
			}
		}
	})
	return err
}

// findRefs returns the results that are asked for, the newest first.
func findRefs(app *app, cfg *config.Config, s *store.Store, o showOptions) ([]store.Ref, error) {
	if o.argv == nil {
		key, err := resolveKey(s, o.prefix)
		if err != nil {
			return nil, err
		}
		return s.Variants(key)
	}
	if app.isExact(o.run) {
		id, err := app.identify(cfg, s, o.argv)
		if err != nil {
			return nil, err
		}
		return s.Variants(id.Key())
	}
	sel, err := o.selector(app, cfg)
	if err != nil {
		return nil, err
	}
	var refs []store.Ref
	for _, call := range sel.Calls {
		found, cerr := s.Templated(call)
		refs, err = append(refs, found...), errors.Join(err, cerr)
	}
	for _, group := range sel.Groups {
		found, gerr := s.Group(group)
		refs, err = append(refs, found...), errors.Join(err, gerr)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(refs, store.Ref.CompareAge)
	return slices.Compact(refs), nil
}

// selector returns what selects the results of the command in this directory:
// with whatever flags they were made, but under the template and for all
// directories if the flags say so.
func (o *showOptions) selector(app *app, cfg *config.Config) (store.Selector, error) {
	sel, err := app.selectCalls(cfg, o.argv)
	anywhere := isOn(o.run, "any-cwd")
	if err != nil || !anywhere && !o.run.Changed("key") {
		return sel, err
	}
	id := fingerprint.Identity{Scope: cfg.Command.Scope, Argv: o.argv, AnyDir: true}
	if o.run.Changed("key") {
		command, err := app.command(cfg, o.argv)
		if err != nil {
			return sel, err
		}
		id.Argv, id.Template, id.HasTemplate = nil, command.Template, true
	}
	sel.Calls, sel.Groups = nil, []string{id.Group()}
	if !anywhere {
		id.AnyDir, id.Dir = false, app.world.Dir
		sel.Groups = append(sel.Groups, id.Group())
	}
	return sel, nil
}

// none is the error that there is no result; its hint names the nearest to
// what was asked for.
func (o *showOptions) none(app *app, cfg *config.Config, s *store.Store) error {
	err := &exitError{code: memo.ExitNothingCached, text: "there is no result of it", hint: "`memo list` shows what there is"}
	if o.argv == nil {
		return err
	}
	near := nearest{app: app, cfg: cfg, run: o.run, argv: o.argv, call: "memo show", key: "memo show "}
	if hint := near.find(s); hint != "" {
		err.hint = hint
	}
	return err
}
