package cmd

import (
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/internal/event"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

const runHelp = `Run COMMAND once and remember its output. Until a dependency of the result
changes or its lifetime ends, the same call replays stdout, stderr and the exit
code without running COMMAND.

memo's flags end at the first word that is not a flag; the flags after it belong
to COMMAND. COMMAND reads /dev/null instead of stdin unless you give --stdin.

An EXPIRY is a duration (90s, 1d12h, "2 days", PT15M), a time of day (18:00), a
date or time (2026-12-24, 2026-12-24T18:00:00Z, @1798128000), or never; a DUR is
a duration.

With -q memo prints no warnings on stderr; -v prints its line all the same.

Every flag has a default in the environment: MEMO_TTL for --ttl and so on.
Exit codes: the command's own; 124 timeout, 125 memo itself failed, 126 not
executable, 127 not found, 128+n died of signal n, 75 nothing cached
(or, with --max-wait, not in time).`

const runExample = `  memo run -t 10m -- kubectl get pods
  memo run -t 30s --swr 1h -e 'AWS_*' -- aws sts get-caller-identity
  memo run -d go.mod -d '**/*.go' -- go list ./...
  memo run --version-cmd 'git rev-parse HEAD' -- git log --stat
  memo run -d Makefile -d 'src/**@mtime' -- make -n
  memo run --stdin -- jq .name <package.json`

// newRunCmd returns `memo run`.
func newRunCmd(app *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run [flags] [--] COMMAND [ARG...]",
		Short:   "Run a command, or replay what it printed last time",
		Long:    runHelp,
		Example: runExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRun(app, cmd.Flags(), args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	app.addRunFlags(cmd.Flags())
	return cmd
}

func runRun(app *app, flags *pflag.FlagSet, argv []string) error {
	if len(argv) == 0 {
		return &usageError{text: "no command given", hint: "memo run -- COMMAND [ARG...]"}
	}
	if app.disabled() {
		return execPlain(app, flags, argv)
	}
	if fewDescriptors() {
		return execUncached(app, flags, argv)
	}
	cfg, err := app.load(flags, argv)
	if err != nil && !config.IsTolerable(err) {
		return app.withOneDash(flags, argv, err)
	}
	if err := checkTogether(flags, cfg, err == nil); err != nil {
		return err
	}
	overrule(flags, cfg)
	app.quiet = cfg.Quiet
	r := &run{app: app, flags: flags, cfg: cfg}
	if err != nil {
		r.trouble, r.because = err.Error(), foreignTroubleCode(err)
	}
	return r.do(argv)
}

// A run is one call of `memo run`.
type run struct {
	app     *app
	flags   *pflag.FlagSet
	cfg     *config.Config
	trouble string          // why the cache can't be used, or ""
	because memo.ReasonCode // of the trouble
	store   *store.Store
	events  *event.Log
	hinted  bool   // once a call is enough
	near    string // what there is instead of a result of the call
	// pause is how long no refresh is tried, because some have failed.
	pause time.Duration
}

// do runs or replays the command, and prints warnings and the line of
// --verbose.
func (r *run) do(argv []string) error {
	r.open()
	command, err := r.app.command(r.cfg, argv)
	if err != nil {
		if !config.IsTolerable(err) {
			return err
		}
		r.trouble, r.because, r.store = err.Error(), foreignTroubleCode(err), nil
	}
	policy := r.policy()
	runner := &memo.Runner{
		Store:      r.store,
		World:      r.app.world,
		Environ:    r.app.environ,
		KeyEnv:     r.cfg.KeyEnv,
		Stdout:     r.app.stdout,
		Stderr:     r.app.stderr,
		Foreground: true,
		Drain:      func(pipes [2]*os.File) error { return startDrain(r.app, pipes) },
	}
	role, err := r.role()
	if err != nil {
		return err
	}
	return role.do(r, argv, runner, command, policy)
}

// open opens the store, or sets trouble if it can't.
func (r *run) open() {
	if r.trouble == "" && r.app.dirErr != nil {
		r.trouble, r.because = r.app.dirErr.Error(), memo.ReasonStoreUnavailable
	}
	if r.trouble != "" {
		return
	}
	dir, err := r.app.cachePath(r.cfg.CacheDir)
	if err == nil {
		r.store, err = store.Open(dir, store.Options{Now: r.app.world.Now})
	}
	if err != nil {
		r.trouble, r.because = err.Error(), memo.ReasonStoreUnavailable
		return
	}
	r.events, r.store = r.app.newEvents(r.cfg.OnEvent, r.store)
}

// command returns the command to run. If the key template can't be expanded, it
// returns an error and the command without the template.
func (a *app) command(cfg *config.Config, argv []string) (*memo.Command, error) {
	c := cfg.Command
	c.Argv = argv
	if cfg.Stdin {
		c.Stdin = a.stdin
	}
	if cfg.Key != "" {
		text, err := memo.ExpandTemplate(a.world, cfg.Key, argv)
		if err != nil {
			return &c, cfg.Blame("key", err)
		}
		c.Template, c.HasTemplate = text, true
	}
	return &c, nil
}

// foreignTroubleCode returns the code of an error that [config.IsTolerable]
// accepts.
func foreignTroubleCode(err error) memo.ReasonCode {
	if _, untrusted := errors.AsType[*config.UntrustedError](err); untrusted {
		return memo.ReasonUntrustedConfig
	}
	return memo.ReasonBadConfig
}

// policy returns the lifetimes and limits of the configuration.
func (r *run) policy() *memo.Policy {
	p := r.cfg.Policy
	p.DefaultTTL = max(p.DefaultTTL, 1)     // zero means the built-in default
	p.RetryBackoff = max(p.RetryBackoff, 1) // zero means the built-in default
	p.HasFallback = r.cfg.IsSet("fallback")
	return &p
}

// after says and records what became of the call.
func (r *run) after(o *memo.Outcome, err error) {
	if r.trouble == "" {
		r.trouble = o.Trouble
	} else {
		o.Reason = memo.Reason{Code: r.because, Text: r.trouble}
	}
	warnings := r.warnings(o)
	if r.cfg.Verbose {
		r.near = r.elsewhere(o)
	}
	r.say(o, err, warnings)
	r.hintAtSilence(o)
	if r.cfg.Report != "" {
		if rerr := r.app.writeReport(r.cfg.Report, o, warnings); rerr != nil {
			r.app.warn(rerr.Error())
		}
	}
	if o.Stored && !o.Relayed {
		r.evictIfOver(o)
	}
	if r.store != nil {
		_, _ = r.store.FoldIfLarge() // the next call tries again
	}
}

// warnings says which of the declared dependencies stand for nothing, if the
// call says anything about itself.
func (r *run) warnings(o *memo.Outcome) []string {
	if !r.cfg.Verbose && r.cfg.Report == "" || o.Reason.Code == memo.ReasonOverBudget {
		return nil
	}
	deps, err := fingerprint.ParseDependencies(r.cfg.Command.Deps)
	if err != nil {
		return nil
	}
	return warningsOf(&fingerprint.Taker{World: r.app.world, Dir: r.app.world.Dir}, deps)
}

// warningsOf says which dependencies stand for nothing.
func warningsOf(taker *fingerprint.Taker, deps []fingerprint.Dependency) []string {
	var list []string
	for _, dep := range deps {
		if warning := taker.Warning(dep); warning != "" {
			list = append(list, warning)
		}
	}
	return list
}

// exit is the error that makes the process end as the command did.
func (r *run) exit(argv []string, o *memo.Outcome, err error) error {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if o.Signal == nil && o.ExitCode == 0 && text == "" {
		return nil
	}
	return &exitError{code: o.ExitCode, text: text, hint: notFoundHint(r.app, r.flags, argv, err), sig: o.Signal}
}
