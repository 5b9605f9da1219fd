package cmd

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// startRefresh returns a function that starts this call again as a detached
// process, unless a refresh has just failed.
func (r *run) startRefresh(argv []string) func(fingerprint.Key, *os.File) (bool, error) {
	return func(key fingerprint.Key, stdin *os.File) (bool, error) {
		now := r.app.world.Now()
		if r.pause = r.backoff(key).Until(now).Sub(now); r.pause > 0 {
			return false, nil
		}
		return true, r.app.starter().Start(refresh.Refresh, r.againArgs(argv, false), stdin)
	}
}

// launch returns a function that starts this call again as a detached process
// and waits for its answer. That process has the same outer command as this
// one.
func (r *run) launch(argv []string) func(stdin, lock, relay *os.File) error {
	return func(stdin, lock, relay *os.File) error {
		job := refresh.Relay
		if lock != nil {
			job = refresh.Lead
		}
		return r.app.starter().Start(job, r.againArgs(argv, true), stdin, nil, nil, lock, relay)
	}
}

func (r *run) backoff(key fingerprint.Key) refresh.Backoff {
	dir := r.store.Path("refresh")
	store.Mend(dir)
	return refresh.Backoff{Path: filepath.Join(dir, key.String())}
}

// againArgs returns the arguments of a process that runs the command in another
// role: the flags of this call. Unless answers is set, it omits the flags that
// concern the answer to this call.
func (r *run) againArgs(argv []string, answers bool) []string {
	var args []string
	r.flags.Visit(func(f *pflag.Flag) {
		set := r.app.settings.ByFlag(f.Name)
		switch {
		case set != nil && !set.PassedTo(answers):
			return
		case slices.Contains([]string{refresh.RunFlag, everyFlag, onChangeFlag}, f.Name):
			return
		}
		for _, text := range config.FlagTexts(f) {
			args = append(args, "--"+f.Name+"="+text)
		}
	})
	return append(append(args, "--"), argv...)
}

// keptArgs returns the arguments of a refresh by `memo keep`.
func (r *run) keptArgs(argv []string, force bool) []string {
	args := refresh.Keep.Words()
	if force {
		args = append(args, "--force")
	}
	return append(args, r.againArgs(argv, false)...)
}
