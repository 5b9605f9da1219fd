package cmd

import (
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// minEvery is how often a command can be run at most.
	minEvery = 100 * time.Millisecond
	// busyPause is how long a keeper waits for another process that is at it.
	busyPause = time.Second
	// changePause is how soon a failing command is run again because something
	// changed: it may be what the command itself changes.
	changePause = time.Second
	// clockTick is how often the clock is read: timers don't see it change, nor
	// that the machine was asleep.
	clockTick = 10 * time.Second
)

// A keeper keeps one result fresh.
type keeper struct {
	app      *app
	argv     []string
	environ  []string // of the commands
	every    time.Duration
	onChange bool

	run    *run
	key    fingerprint.Key
	lock   *store.Keeping // nil where there are no locks
	watch  *watch         // nil without onChange
	ends   chan os.Signal
	status *statusLine

	made     time.Time // when the result was made, zero if there is none
	due      time.Time // when the command is to be run, whatever is there
	next     time.Time // when to look, at the latest
	failures int       // in a row
	why      string    // of the last failure
}

// A cause is why a keeper looks again.
type cause uint8

const (
	byTime cause = iota
	byChange
)

// keep looks after the result until a signal ends it or another process has
// taken its place.
func (k *keeper) keep() (os.Signal, error) {
	var force bool
	for {
		if err := k.hold(); err != nil {
			return nil, err
		}
		began := k.now()
		a, sig := k.try(force)
		if sig != nil {
			return sig, nil
		}
		k.plan(&a, began)
		if k.onChange && k.rearm(a.failed()) {
			force = false
			continue
		}
		why, sig := k.wait()
		if sig != nil {
			return sig, nil
		}
		force = why == byTime && !a.Busy && k.every > 0 && !k.now().Before(k.due)
	}
}

// now is the wall clock: what a result's age is counted by.
func (k *keeper) now() time.Time { return k.app.world.Now().Round(0) }

// plan decides when to look again after an attempt.
func (k *keeper) plan(a *attempt, began time.Time) {
	now := k.now()
	switch {
	case a.Busy:
		k.next = now.Add(busyPause)
		return
	case a.failed():
		k.failures++
		k.why = a.Why
		pause := refresh.Pause(k.failures)
		if !a.Moved || k.failures > 1 { // once is the business of --on-change
			k.status.say("not renewed: " + a.Why + "; trying again in " + expiry.FormatSpan(pause))
		}
		k.due = now.Add(pause)
	case a.Stored:
		k.failures, k.made = 0, now
		k.due = laterOf(began.Add(k.every), now.Add(minEvery))
	default: // fresh
		if k.failures > 0 {
			k.failures, k.due = 0, now
		}
		k.made = now.Add(-time.Duration(a.AgeMS) * time.Millisecond)
		if due := k.made.Add(k.every); k.due.Before(due) {
			k.due = due
		}
	}
	k.next = k.due
	if k.onChange && k.failures == 0 {
		if poll := now.Add(k.watch.poll()); k.every == 0 || poll.Before(k.next) {
			k.next = poll
		}
	}
}

func laterOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// rearm watches what the result depends on now. It reports whether to look
// again at once.
func (k *keeper) rearm(failed bool) bool {
	if failed {
		k.watch.forget() // it may be the command's own doing
	}
	world := fingerprint.NewWorld(k.environ, k.app.world.Dir)
	taker := &fingerprint.Taker{World: world, Dir: world.Dir, Store: k.run.store.IDs()}
	blind := k.watch.trouble == nil
	more := k.watch.arm(taker, watchable(k.run.store, k.key, k.run.cfg.Dep))
	if blind && k.watch.trouble != nil {
		k.status.say(k.watch.trouble.Error() + "; looking every " + pollBlind.String())
	}
	return more && !failed
}

// wait waits until it is time to look, or something changed, or a signal says
// that it is time to end.
func (k *keeper) wait() (cause, os.Signal) {
	var changed <-chan struct{}
	if k.watch != nil {
		changed = k.watch.changed
	}
	for {
		now := k.now()
		left := k.next.Sub(now)
		if left <= 0 {
			return byTime, nil
		}
		if limit := max(k.every, pollTime, refresh.Pause(k.failures)); left > limit {
			k.next = now.Add(limit) // the clock went back
		}
		k.status.show(k.describe(now))
		timer := time.NewTimer(min(left, k.tick()))
		select {
		case sig := <-k.ends:
			return byTime, sig
		case <-changed:
			timer.Stop()
			k.watch.settle()
			if k.failures == 0 {
				return byChange, nil
			}
			k.next = earlierOf(k.next, k.now().Add(changePause))
			k.due = k.next
		case <-timer.C:
		}
		timer.Stop()
	}
}

func earlierOf(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (k *keeper) tick() time.Duration {
	if k.status.on {
		return time.Second
	}
	return clockTick
}

// describe says how things are, for the status line.
func (k *keeper) describe(now time.Time) string {
	text := "no result yet"
	if !k.made.IsZero() {
		text = expiry.FormatSpan(max(now.Sub(k.made), 0).Truncate(time.Second)) + " old"
	}
	left := expiry.FormatSpan(max(k.next.Sub(now), 0).Round(time.Second))
	switch {
	case k.failures > 0:
		text += ", not renewed: " + escape(k.why) + ", next try in " + left
	case k.every > 0:
		text += ", next run in " + expiry.FormatSpan(max(k.due.Sub(now), 0).Round(time.Second))
	}
	if k.onChange && k.failures == 0 {
		text += ", watching"
	}
	return text
}

// endQuietly is the signal after which ending is what was asked for.
const endQuietly = syscall.SIGTERM

// notifyEnds returns the signals that end a keeper, with what it has started.
func notifyEnds() chan os.Signal {
	ends := make(chan os.Signal, 4)
	process.NotifyDeadly(ends)
	return ends
}

func signalNumber(sig os.Signal) int {
	n, _ := sig.(syscall.Signal)
	return int(n)
}

// asKept returns the error that says that there is a keeper already, or nil.
func asKept(err error) *store.KeptError {
	kept, _ := errors.AsType[*store.KeptError](err)
	return kept
}
