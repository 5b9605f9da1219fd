package cmd

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
)

const (
	everyFlag    = "every"
	onChangeFlag = "on-change"
)

const keepHelp = `Keep one result fresh, in the foreground, so that readers ("memo run" with the
same flags and words) never wait. The command is run again every DUR, with
--on-change also when a dependency changes; readers get the old result until the
new one is there, so give it a --ttl longer than DUR plus a run, or --swr.

There is one keeper a result: a second one says so and exits with 125. A failing
run keeps the old result and is tried again after 1 s, then 2 s, up to 5 min. A
run may take 10 min unless --timeout says otherwise.

On a terminal one line shows the state, elsewhere only trouble is told. TERM ends
the keeper with exit code 0; of INT and HUP it dies as any command does.`

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
	f.Var(newTextFlag(nil, "DUR"), everyFlag, "run the command again this often")
	f.Bool(onChangeFlag, false, "run it again when a dependency changes")
	addRunFlags(f)
	for _, name := range notKept() {
		_ = f.MarkHidden(name) // they were declared the line before
	}
	return cmd
}

// notKept are the flags of `memo run` that say how one call is answered. There
// is no such call here.
func notKept() []string {
	return []string{"stdin", "force", "warm", "only-cached", "max-wait", "fallback", "report", "verbose"}
}

// runKeep keeps a result until it is told to end.
func runKeep(app *app, flags *pflag.FlagSet, argv []string) error {
	k := &keeper{app: app, argv: argv, environ: withoutMarkers(app.environ)}
	if err := k.configure(flags); err != nil {
		return err
	}
	if err := k.open(); err != nil {
		return err
	}
	defer k.close()
	sig, err := k.keep()
	k.status.clear()
	switch {
	case err != nil || sig == nil || sig == endQuietly:
		return err
	default:
		k.close()
		return &exitError{code: 128 + signalNumber(sig), sig: sig}
	}
}

// configure reads flags and configuration.
func (k *keeper) configure(flags *pflag.FlagSet) error {
	if len(k.argv) == 0 {
		return &usageError{text: "no command given", hint: "memo keep --every 1m -- COMMAND [ARG...]"}
	}
	if k.app.disabled() {
		return usagef("MEMO_DISABLE is set: there is nothing to keep")
	}
	for _, name := range notKept() {
		if flags.Changed(name) {
			return usagef("memo keep takes no --%s: there is nobody to answer", name)
		}
	}
	k.onChange = isOn(flags, onChangeFlag)
	every := flags.Lookup(everyFlag).Value.String()
	var err error
	switch {
	case flags.Changed(everyFlag):
		if k.every, err = expiry.ParseDuration(every); err == nil && k.every < minEvery {
			err = fmt.Errorf("%s is too often; write %s or more", every, minEvery)
		}
		if err != nil {
			return usagef("--every: %v", err)
		}
	case !k.onChange:
		return &usageError{text: "neither --every nor --on-change is given", hint: "memo keep --every 1m -- " + quoteCommand(k.argv)}
	}
	cfg, err := loadConfig(k.app, flags, k.argv)
	if err != nil {
		return err
	}
	k.app.quiet = cfg.Quiet
	k.run = &run{app: k.app, flags: flags, cfg: cfg}
	k.status = newStatusLine(k.app, k.argv)
	return nil
}

// open finds out what is to be kept, and makes this process its keeper.
func (k *keeper) open() error {
	k.run.open()
	if k.run.trouble != "" {
		return usagef("%s", k.run.trouble)
	}
	command, err := k.run.command(k.argv)
	if err != nil {
		return err
	}
	command.Stdin = nil
	runner := memo.Runner{Store: k.run.store, World: k.app.world, Environ: k.environ, KeyEnv: k.run.cfg.KeyEnv}
	id, err := runner.Identify(command)
	if err != nil {
		return usagef("%v", err)
	}
	k.key = id.Key()
	k.ends = notifyEnds()
	if err := k.hold(); err != nil {
		return err
	}
	cfg := k.run.cfg
	if k.onChange {
		k.watch = newWatch(k.app.world.Dir)
		k.warnOfLittle()
	}
	if cfg.TTL.Given() && k.every > 0 && cfg.SWR == 0 && cfg.TTL.Within(expiry.For(k.every)) {
		k.app.warn(fmt.Sprintf("results are fresh for %s, no longer than --every %s: readers will wait; give a longer --ttl, or --swr",
			cfg.TTL, expiry.FormatDuration(k.every)))
	}
	return nil
}

// warnOfLittle says so if hardly anything is known that could change.
func (k *keeper) warnOfLittle() {
	cfg := k.run.cfg
	programOnly := func(d fingerprint.Dependency) bool { return d.Kind == fingerprint.KindProgram }
	known := slices.DeleteFunc(watchable(k.run.store, k.key, cfg.Dep), programOnly)
	if len(known) == 0 && cfg.VersionCmd == "" {
		k.app.warn("--on-change watches only the program; name the files that the command reads with --dep")
	}
}

// close gives everything back. It may be called twice.
func (k *keeper) close() {
	if k.watch != nil {
		k.watch.close()
	}
	k.lock.Release()
	k.lock = nil
}

// hold makes sure that this process is the result's keeper, also after the
// cache was deleted. Where there are no locks there may be several.
func (k *keeper) hold() error {
	if k.lock != nil && k.lock.Held() {
		return nil
	}
	lock, err := k.run.store.LockKeeper(k.key)
	if kept := asKept(err); kept != nil {
		return &exitError{code: memo.ExitTrouble, text: kept.Error()}
	}
	if err == nil {
		k.lock.Release()
		k.lock = lock
	}
	return nil
}
