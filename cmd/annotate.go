package cmd

import (
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/memo"
)

// newAnnotateCmd returns `memo annotate`.
func newAnnotateCmd(app *app) *cobra.Command {
	var a annotation
	cmd := &cobra.Command{
		Use:                   "annotate [--tag NAME] [--dep PATTERN] [--env NAME] [--ttl EXPIRY] [--no-store]",
		DisableFlagsInUseLine: true,
		Short:                 "Add to the result of the running command, from inside it",
		Long: `Add tags, dependencies, variables or a lifetime to the result of a command that
"memo run" runs, or keep the result from being stored. Call it from inside that
command, at any depth.

Dependencies must not have changed since the command began, and variables must
still have the values from then; otherwise the result is not stored. --ttl
counts from now. It overrides the --ttl of readers and the lifetimes of the
results that this one is made of. Of several --ttl the earliest end counts.

Outside of a memoized command, annotate fails. If memo is disabled or does not
record the command, annotate does nothing.`,
		Example: `  memo annotate --tag users --dep ~/.kube/config
  memo annotate --env AWS_PROFILE --ttl 18:00
  [ -s report ] || memo annotate --no-store`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.hasTTL = cmd.Flags().Changed("ttl")
			return runAnnotate(app, &a)
		},
	}
	f := cmd.Flags()
	f.Var(config.NewListFlag(&a.tags, "NAME"), "tag", "a name to invalidate by")
	f.VarP(config.NewListFlag(&a.deps, "PATTERN"), "dep", "d", "file, directory or glob whose change ends the result")
	f.VarP(config.NewListFlag(&a.env, "NAME"), "env", "e", "environment variable (or AWS_*) whose change ends it")
	f.VarP(config.NewTextFlag(&a.ttl, "EXPIRY"), "ttl", "t", "how long it is fresh from now on: 90s, 10m, 1d12h, never, 18:00")
	f.BoolVar(&a.noStore, "no-store", false, "don't keep it")
	return cmd
}

// An annotation holds the flags of `memo annotate`.
type annotation struct {
	tags, deps, env []string
	ttl             string
	hasTTL          bool
	noStore         bool
}

func runAnnotate(app *app, a *annotation) error {
	a.deps = config.LiteralDeps(app.world, a.deps)
	said, err := a.parse()
	if err != nil {
		return err
	}
	if app.disabled() {
		return nil
	}
	outer := nest.Find(app.world)
	if outer == nil {
		return &usageError{
			text: "annotate: not inside a memoized command",
			hint: "memo annotate is called by a command that memo run runs: memo run -c 'memo annotate --tag users; ./list-users'",
		}
	}
	defer outer.Close()
	if app.dirErr != nil && len(a.deps) > 0 {
		said.NoStore = true // the directory that they are relative to is unknown
	}
	if err := memo.Annotate(outer, app.world, said); err != nil {
		return &usageError{text: "annotate: " + err.Error()}
	}
	return nil
}

// parse checks the flags.
func (a *annotation) parse() (*memo.Annotation, error) {
	said := &memo.Annotation{Tags: a.tags, Deps: a.deps, Env: a.env, NoStore: a.noStore}
	if len(a.tags)+len(a.deps)+len(a.env) == 0 && !a.hasTTL && !a.noStore {
		return nil, &usageError{text: "annotate: nothing to add", hint: "see memo annotate --help"}
	}
	for _, tag := range a.tags {
		if err := config.CheckName(tag); err != nil {
			return nil, usagef("--tag: %v", err)
		}
	}
	if a.hasTTL {
		var err error
		if said.TTL, err = expiry.Parse(a.ttl); err != nil {
			return nil, usagef("--ttl: %v", err)
		}
	}
	return said, nil
}
