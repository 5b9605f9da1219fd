package cmd

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

type explainOptions struct {
	all, json bool
}

// newExplainCmd returns `memo explain`.
func newExplainCmd(app *app) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [run flags] [--] COMMAND [ARG...]",
		Short: "Say what memo run would do and why, without running COMMAND",
		Long: `Say what memo run would do with the same flags, and why. The first line is the
decision. Then follows every input that decides it: its present state, and what
the result recorded where that differs. A line that begins with ! differs, one
that begins with ? is not recorded. The states are compared with the result that
memo run would replay; else with the newest result of the same call; else with
the result that differs in the fewest inputs.

COMMAND does not run, and nothing is changed. A version command does run, as at
every lookup. Values of variables are never shown.`,
		Example: `  memo explain -d go.sum -d '**/*.go' -- go list ./...
  memo explain --json -t 10m -- kubectl get pods | jq .reason`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExplain(app, cmd.Flags(), args, o)
		},
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	flags.BoolVar(&o.all, "all", false, "show every file, also those that are as recorded")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	app.addRunFlags(flags)
	return cmd
}

func runExplain(app *app, flags *pflag.FlagSet, argv []string, o explainOptions) error {
	if len(argv) == 0 {
		return &usageError{text: "no command given", hint: "memo explain [run flags] -- COMMAND [ARG...]"}
	}
	x, err := app.explain(flags, argv)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(app.stdout, x)
	}
	return printExplanation(app.stdout, app.newStyle(app.stdout), x, o.all)
}

// explain finds out what `memo run` would do, as that would find out itself.
func (a *app) explain(flags *pflag.FlagSet, argv []string) (*explanation, error) {
	if a.disabled() {
		return newBypass(argv, memo.Reason{Text: "MEMO_DISABLE is set"}), nil
	}
	cfg, err := a.load(flags, argv)
	if err != nil && !config.IsTolerable(err) {
		return nil, a.withOneDash(flags, argv, err)
	}
	if err := checkTogether(flags, cfg, err == nil); err != nil {
		return nil, err
	}
	overrule(flags, cfg)
	r := &run{app: a, flags: flags, cfg: cfg}
	if err == nil {
		err = r.openExisting()
	}
	command, cerr := a.command(cfg, argv)
	if err = errors.Join(err, cerr); err != nil {
		if cerr != nil && !config.IsTolerable(cerr) {
			return nil, cerr
		}
		return newBypass(argv, r.reasonOf(err)), nil
	}
	runner := &memo.Runner{
		Store: r.store, World: a.world, Environ: a.environ, KeyEnv: cfg.KeyEnv, Refresh: r.startRefresh(argv),
	}
	policy := r.policy()
	found, err := runner.Explain(command, policy)
	if err != nil {
		return nil, err
	}
	return r.newExplanation(found, command, policy), nil
}

// openExisting is open for a command that changes nothing.
func (r *run) openExisting() error {
	if r.app.dirErr != nil {
		return r.app.dirErr
	}
	var err error
	r.store, err = r.app.openStore(r.cfg.CacheDir)
	return err
}

// reasonOf returns the reason for a run without the cache.
func (r *run) reasonOf(err error) memo.Reason {
	reason := memo.Reason{Code: memo.ReasonStoreUnavailable, Text: err.Error()}
	if config.IsTolerable(err) {
		reason.Code = foreignTroubleCode(err)
	}
	if refused := (*store.RefusedError)(nil); errors.As(err, &refused) {
		reason.Text = refused.Error()
	}
	return reason
}
