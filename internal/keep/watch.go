package keep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// quietTime is how long nothing must change before changes are looked at:
	// editors and checkouts write several files. unquietTime is the longest.
	quietTime   = 50 * time.Millisecond
	unquietTime = 500 * time.Millisecond
	// pollTime is how often a keeper looks although nothing was notified: what
	// happens on other machines is not. pollBlind is that where not everything
	// can be watched.
	pollTime  = time.Minute
	pollBlind = 2 * time.Second
)

// A watch notices that a dependency may have changed. What is noticed is not
// yet a change: that is for the lookup to tell.
type watch struct {
	notify *fsnotify.Watcher
	// changed has a value if something was noticed.
	changed chan struct{}

	mu     sync.Mutex
	dir    string
	prints []fingerprint.Fingerprint
	places []fingerprint.Places
	// trouble is why not everything is watched, nil if it is.
	trouble error
}

// newWatch starts to wait for notifications. Without any, as where the system
// has none left to give, it is blind but works.
func newWatch(dir string) *watch {
	w := &watch{changed: make(chan struct{}, 1), dir: dir}
	var err error
	if w.notify, err = fsnotify.NewWatcher(); err != nil {
		w.trouble = fmt.Errorf("watch files: %w", limitOf(err))
		return w
	}
	go w.listen()
	return w
}

func (w *watch) close() {
	if w.notify != nil {
		w.notify.Close()
	}
}

// listen passes on what concerns a dependency until the watch is closed.
func (w *watch) listen() {
	for {
		select {
		case event, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if w.concerns(event.Name) || event.Has(fsnotify.Create) && isDir(event.Name) {
				w.wake()
			}
		case _, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			w.wake() // more happened than was reported
		}
	}
}

// isDir reports whether a path is a directory, which is watched too if a
// glob reaches into it.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (w *watch) wake() {
	select {
	case w.changed <- struct{}{}:
	default: // it is awake
	}
}

func (w *watch) concerns(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.prints {
		if w.places[i].Concerns(path, &w.prints[i], w.dir) {
			return true
		}
	}
	return false
}

// settle waits until nothing has changed for a moment.
func (w *watch) settle() {
	for end := time.Now().Add(unquietTime); time.Now().Before(end); {
		select {
		case <-w.changed:
		case <-time.After(quietTime):
			return
		}
	}
}

// forget drops what was noticed so far.
func (w *watch) forget() {
	select {
	case <-w.changed:
	default:
	}
}

// poll is how long to wait at most before looking again.
func (w *watch) poll() time.Duration {
	if w.trouble != nil {
		return pollBlind
	}
	return pollTime
}

// arm watches where dependencies can change now. It reports whether there are
// places that were not watched before: something may have happened there in
// between.
func (w *watch) arm(taker *fingerprint.Taker, deps []fingerprint.Dependency) (more bool) {
	if w.notify == nil {
		return false
	}
	prints := make([]fingerprint.Fingerprint, len(deps))
	places := make([]fingerprint.Places, len(deps))
	wanted := map[string]bool{}
	for i, dep := range deps {
		prints[i] = taker.Take(dep)
		places[i] = taker.Places(&prints[i])
		for _, dir := range places[i].Dirs {
			wanted[dir] = true
		}
	}
	w.mu.Lock()
	w.prints, w.places, w.trouble = prints, places, nil
	w.mu.Unlock()
	for _, dir := range w.notify.WatchList() {
		if !wanted[dir] {
			_ = w.notify.Remove(dir) // it may be gone
		}
		delete(wanted, dir)
	}
	for dir := range wanted {
		err := w.notify.Add(dir)
		if err != nil && !isGone(err) {
			w.trouble = fmt.Errorf("watch %q: %w", dir, limitOf(err))
			continue
		}
		more = true // also if the directory is gone: another one is watched then
	}
	return more
}

// isGone reports whether there is no such directory any more.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// limitOf names the limit that an error of inotify(7) stands for, and how it is
// raised. The errors themselves speak of disk space and open files.
func limitOf(err error) error {
	if runtime.GOOS != "linux" {
		return err
	}
	raise := "the limit %s is reached; raise it by `sysctl %[1]s=%d`"
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf(raise, "fs.inotify.max_user_watches", 1<<20)
	case errors.Is(err, syscall.EMFILE):
		return fmt.Errorf(raise, "fs.inotify.max_user_instances", 1024)
	}
	return err
}

// Watchable returns the dependencies of the newest result of a key, or else the
// declared ones, that are files.
func Watchable(s *store.Store, key fingerprint.Key, declared []string) []fingerprint.Dependency {
	deps, err := fingerprint.ParseDependencies(declared)
	if err != nil {
		deps = nil // the configuration was checked before
	}
	refs, _ := s.Variants(key) // the declared ones will do
	for _, ref := range refs {
		rd, err := s.Open(ref)
		if err != nil {
			continue
		}
		deps = nil
		for _, fp := range rd.Result.Fingerprints {
			deps = append(deps, fp.Dep)
		}
		rd.Close()
		break
	}
	return slices.DeleteFunc(deps, func(d fingerprint.Dependency) bool {
		return d.Kind == fingerprint.KindVersion || d.Kind == fingerprint.KindEnv
	})
}
