package cmd

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/internal/keep"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

const (
	everyFlag    = "every"
	onChangeFlag = "on-change"
)

const keepHelp = `Keep one result fresh, in the foreground, so that readers ("memo run" with the
same flags and words) never wait. memo runs the command again every DUR, and
with --on-change also when a dependency changes. Readers get the old result
until the new one is stored, so give a --ttl longer than DUR plus a run, or
--swr.

A result can have only one keeper: a second one exits with 125. If a run fails,
memo keeps the old result and tries again after 1 s, then 2 s, up to 5 min. A
run may take 10 min, or as long as --timeout allows.

On a terminal, one line shows the state; elsewhere memo reports only errors.
TERM ends the keeper with exit code 0. INT and HUP kill it, as they kill any
command.`

const keepExample = `  memo keep --every 1m -t 5m -- kubectl get pods -A
  memo keep --on-change -d go.mod -d '**/*.go' -- go list ./...`

// newKeepCmd returns `memo keep`.
func newKeepCmd(app *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   "keep --every DUR [--on-change] [run flags] -- COMMAND [ARG...]",
		DisableFlagsInUseLine: true,
		Short:                 "Keep one result fresh, in the foreground",
		Long:                  keepHelp,
		Example:               keepExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runKeep(app, cmd.Flags(), args)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.Var(config.NewTextFlag(nil, "DUR"), everyFlag, "run the command again this often")
	f.Bool(onChangeFlag, false, "also run it when a dependency changes")
	app.addRunFlags(f)
	for _, set := range app.settings {
		if set.NotKept {
			_ = f.MarkHidden(set.Flag) // addRunFlags has declared it
		}
	}
	return cmd
}

// A keeping is one call of `memo keep`.
type keeping struct {
	*keep.Keeper
	app    *app
	argv   []string
	run    *run
	status *statusLine
}

// runKeep keeps a result fresh until a signal ends the process.
func runKeep(app *app, flags *pflag.FlagSet, argv []string) error {
	k := &keeping{Keeper: &keep.Keeper{World: app.world, Environ: app.starter().Outside()}, app: app, argv: argv}
	if err := k.configure(flags); err != nil {
		return err
	}
	if err := k.open(); err != nil {
		return err
	}
	defer k.Close()
	sig, err := k.Keep()
	k.status.clear()
	switch {
	case err != nil || sig == nil || sig == endQuietly:
		return asKept(err)
	default:
		k.Close()
		return &exitError{code: 128 + signalNumber(sig), sig: sig}
	}
}

// configure reads flags and configuration.
func (k *keeping) configure(flags *pflag.FlagSet) error {
	if len(k.argv) == 0 {
		return &usageError{text: "no command given", hint: "memo keep --every 1m -- COMMAND [ARG...]"}
	}
	if k.app.disabled() {
		return usagef("MEMO_DISABLE is set: there is nothing to keep")
	}
	for _, set := range k.app.settings {
		if set.NotKept && flags.Changed(set.Flag) {
			return usagef("memo keep takes no --%s: it answers no caller", set.Flag)
		}
	}
	k.OnChange = isOn(flags, onChangeFlag)
	every := flags.Lookup(everyFlag).Value.String()
	var err error
	switch {
	case flags.Changed(everyFlag):
		if k.Every, err = expiry.ParseDuration(every); err == nil && k.Every < keep.MinEvery {
			err = fmt.Errorf("%s is too often; write %s or more", every, keep.MinEvery)
		}
		if err != nil {
			return usagef("--every: %v", err)
		}
	case !k.OnChange:
		return &usageError{text: "neither --every nor --on-change is given", hint: "memo keep --every 1m -- " + quoteCommand(k.argv)}
	}
	cfg, err := k.app.load(flags, k.argv)
	if err != nil {
		return k.app.withOneDash(flags, k.argv, err)
	}
	if err := checkTogether(flags, cfg, true); err != nil {
		return err
	}
	k.app.quiet = cfg.Quiet
	k.run = &run{app: k.app, flags: flags, cfg: cfg}
	k.status = newStatusLine(k.app, k.argv)
	k.Show, k.Live, k.Say = k.status.show, k.status.on, k.status.say
	return nil
}

// open determines the key to keep, and makes this process its keeper.
func (k *keeping) open() error {
	k.run.open()
	if k.run.trouble != "" {
		return usagef("%s", k.run.trouble)
	}
	command, err := k.app.command(k.run.cfg, k.argv)
	if err != nil {
		return err
	}
	command.Stdin = nil
	k.Store = k.run.store
	runner := memo.Runner{Store: k.Store, World: k.World, Environ: k.Environ, KeyEnv: k.run.cfg.KeyEnv}
	id, err := runner.Identify(command)
	if err != nil {
		return usagef("%v", err)
	}
	k.Key = id.Key()
	cfg := k.run.cfg
	k.Deps = cfg.Command.Deps
	k.Args = func(force bool) []string { return k.run.keptArgs(k.argv, force) }
	if err := k.Open(); err != nil {
		return asKept(err)
	}
	if k.OnChange {
		k.warnOfLittle()
	}
	if cfg.Policy.TTL.Given() && k.Every > 0 && cfg.Policy.SWR == 0 && cfg.Policy.TTL.Within(expiry.For(k.Every)) {
		k.app.warn(fmt.Sprintf("results are fresh for %s, no longer than --every %s: readers will wait; give a longer --ttl, or --swr",
			cfg.Policy.TTL, expiry.FormatDuration(k.Every)))
	}
	return nil
}

// warnOfLittle warns if the only watched dependency is the program.
func (k *keeping) warnOfLittle() {
	cfg := k.run.cfg
	programOnly := func(d fingerprint.Dependency) bool { return d.Kind == fingerprint.KindProgram }
	known := slices.DeleteFunc(keep.Watchable(k.Store, k.Key, k.Deps), programOnly)
	if len(known) == 0 && cfg.Command.VersionCmd == "" {
		k.app.warn("--on-change watches only the program; name the files that the command reads with --dep")
	}
}

// endQuietly is the signal that ends a keeper with exit code 0.
const endQuietly = syscall.SIGTERM

func signalNumber(sig os.Signal) int {
	n, _ := sig.(syscall.Signal)
	return int(n)
}

// asKept gives the error about another keeper its exit code.
func asKept(err error) error {
	if kept, ok := errors.AsType[*store.KeptError](err); ok {
		return &exitError{code: memo.ExitTrouble, text: kept.Error()}
	}
	return err
}
