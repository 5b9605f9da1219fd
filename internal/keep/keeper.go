package keep

import (
	"errors"
	"os"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/process"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// MinEvery is how often a command can be run at most.
	MinEvery = 100 * time.Millisecond
	// busyPause is how long a keeper waits for another process that is at it.
	busyPause = time.Second
	// changePause is how soon a failing command is run again because something
	// changed: it may be what the command itself changes.
	changePause = time.Second
	// clockTick is how often the clock is read: timers don't see it change, nor
	// that the machine was asleep.
	clockTick = 10 * time.Second
)

// A Keeper keeps one result fresh. Its exported fields are set before
// [Keeper.Open].
type Keeper struct {
	Store *store.Store
	World *fingerprint.World
	Key   fingerprint.Key
	// Deps are the declared dependencies.
	Deps []string
	// Every is how often the command is run, at least MinEvery; zero: only
	// when something changes. OnChange says to watch what the result depends
	// on.
	Every    time.Duration
	OnChange bool
	// Args returns the arguments of a process of this program that renews the
	// result, or with force unset only sees to it that it is fresh, and prints
	// an [Attempt]. Environ is its environment.
	Args    func(force bool) []string
	Environ []string
	// Show shows how things are, every second if Live is set, Say a line about
	// something that is wrong.
	Show func(Status)
	Live bool
	Say  func(string)

	lock  *store.Keeping // nil where there are no locks
	watch *watch         // nil without OnChange
	ends  chan os.Signal
	clock func() time.Time // of a test; nil: the World's

	made     time.Time // when the result was made, zero if there is none
	due      time.Time // when the command runs next, whatever is there
	next     time.Time // when to look, at the latest
	failures int       // in a row
}

// Open makes this process the keeper of the result. A [store.KeptError] says
// that there is one already.
func (k *Keeper) Open() error {
	k.ends = notifyEnds()
	if err := k.hold(); err != nil {
		return err
	}
	if k.OnChange {
		k.watch = newWatch(k.World.Dir)
		k.sayBlind()
	}
	return nil
}

// Close gives everything back. It may be called twice.
func (k *Keeper) Close() {
	if k.watch != nil {
		k.watch.close()
	}
	k.lock.Release()
	k.lock = nil
}

// hold makes sure that this process is the result's keeper, also after the
// cache was deleted. Where there are no locks there may be several.
func (k *Keeper) hold() error {
	if k.lock != nil && k.lock.Held() {
		return nil
	}
	lock, err := k.Store.LockKeeper(k.Key)
	if kept, ok := errors.AsType[*store.KeptError](err); ok {
		return kept
	}
	if err == nil {
		k.lock.Release()
		k.lock = lock
	}
	return nil
}

// A cause is why a keeper looks again.
type cause uint8

const (
	byTime cause = iota
	byChange
)

// Keep looks after the result until a signal ends it or another process has
// taken its place.
func (k *Keeper) Keep() (os.Signal, error) {
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
		if k.OnChange && k.rearm(a.failed()) {
			force = false
			continue
		}
		why, sig := k.wait()
		if sig != nil {
			return sig, nil
		}
		force = why == byTime && !a.Busy && k.Every > 0 && !k.now().Before(k.due)
	}
}

// now is the wall clock: what a result's age is counted by.
func (k *Keeper) now() time.Time {
	if k.clock != nil {
		return k.clock()
	}
	return k.World.Now().Round(0)
}

// plan decides when to look again after an attempt.
func (k *Keeper) plan(a *Attempt, began time.Time) {
	now := k.now()
	switch {
	case a.Busy:
		k.next = now.Add(busyPause)
		return
	case a.failed():
		k.failures++
		pause := refresh.Pause(k.failures)
		if !a.Moved || k.failures > 1 { // once is the business of --on-change
			k.Say("not renewed: " + a.Why + "; trying again in " + expiry.FormatSpan(pause))
		}
		k.due = now.Add(pause)
	case a.Stored:
		k.failures, k.made = 0, now
		k.due = laterOf(began.Add(k.Every), now.Add(MinEvery))
	default: // fresh
		if k.failures > 0 {
			k.failures, k.due = 0, now
		}
		k.made = now.Add(-time.Duration(a.AgeMS) * time.Millisecond)
		if due := k.made.Add(k.Every); k.due.Before(due) {
			k.due = due
		}
	}
	k.next = k.due
	if k.OnChange && k.failures == 0 {
		if poll := now.Add(k.watch.poll()); k.Every == 0 || poll.Before(k.next) {
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
func (k *Keeper) rearm(failed bool) bool {
	if failed {
		k.watch.forget() // it may be the command's own doing
	}
	world := fingerprint.NewWorld(k.Environ, k.World.Dir)
	taker := &fingerprint.Taker{World: world, Dir: world.Dir, Store: k.Store.IDs()}
	wasBlind := k.watch.trouble != nil
	more := k.watch.arm(taker, Watchable(k.Store, k.Key, k.Deps))
	if !wasBlind {
		k.sayBlind()
	}
	return more && !failed
}

// sayBlind says why not everything is watched, if it is not.
func (k *Keeper) sayBlind() {
	if k.watch.trouble != nil {
		k.Say(k.watch.trouble.Error() + "; looking every " + pollBlind.String())
	}
}

// wait waits until it is time to look, or something changed, or a signal says
// that it is time to end.
func (k *Keeper) wait() (cause, os.Signal) {
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
		if limit := max(k.Every, pollTime, refresh.Pause(k.failures)); left > limit {
			k.next = now.Add(limit) // the clock went back
		}
		k.Show(k.status(now))
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

func (k *Keeper) tick() time.Duration {
	if k.Live {
		return time.Second
	}
	return clockTick
}

// status says how things are.
func (k *Keeper) status(now time.Time) Status {
	st := Status{
		Made:     !k.made.IsZero(),
		Failing:  k.failures > 0,
		Watching: k.OnChange,
		Periodic: k.Every > 0,
		Next:     max(k.next.Sub(now), 0),
		Due:      max(k.due.Sub(now), 0),
	}
	if st.Made {
		st.Age = max(now.Sub(k.made), 0)
	}
	return st
}

// notifyEnds returns the signals that end a keeper, with what it has started.
func notifyEnds() chan os.Signal {
	ends := make(chan os.Signal, 4)
	process.NotifyDeadly(ends)
	return ends
}
