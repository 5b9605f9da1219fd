package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

const (
	// sweepAfter is the age at which an unlocked leftover is one: a new file
	// is locked right after it is created, and renamed right after its last
	// write.
	sweepAfter = time.Minute
	// sweepUnlockable is the age where there are no locks: no run lasts that
	// long without writing anything, or loses more than its result.
	sweepUnlockable = 24 * time.Hour
	// failureKept is how long the account of failed refreshes is kept without
	// another failure; the pause between two is some minutes at most.
	failureKept = 24 * time.Hour
)

// sweep removes what killed processes left: temporary files and lock files that
// no process holds, hints without a result, old answers of version commands, old
// accounts of failed refreshes, and what was set aside and forgotten. It returns
// how many, and goes on after errors.
func (s *Store) sweep(now time.Time) (removed int, err error) {
	var errs []error
	count := func(ok bool, err error) {
		if ok {
			removed++
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	errs = append(errs, s.sweepTemps(count, now))
	var dirs []string
	for dir, err := range s.shards() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		errs = append(errs, s.eachName(dir, func(name string) bool {
			path := filepath.Join(dir, name)
			switch {
			case strings.HasPrefix(name, tmpPrefix):
				count(sweepFile(path, now, nil))
			case strings.HasSuffix(name, hintSuffix):
				if _, err := os.Lstat(strings.TrimSuffix(path, hintSuffix)); errors.Is(err, fs.ErrNotExist) {
					count(sweepFile(path, now, nil))
				}
			}
			return true
		}))
	}
	errs = append(errs, s.eachName(s.Path(locksDir), func(name string) bool {
		count(sweepFile(s.Path(locksDir, name), now, abandon))
		return true
	}))
	for dir, kept := range map[string]time.Duration{answersDir: answerKept, refreshDir: failureKept} {
		errs = append(errs, s.eachName(s.Path(dir), func(name string) bool {
			after := kept
			if strings.HasPrefix(name, tmpPrefix) {
				after = sweepAfter
			}
			count(sweepFileAfter(s.Path(dir, name), now, after, nil))
			return true
		}))
	}
	errs = append(errs, s.sweepEnded(now, count))
	return removed, errors.Join(errs...)
}

// sweepTemps removes temporary files beside the labels and the logs. A root that
// memo has not marked holds files of the user's, and none of memo's.
func (s *Store) sweepTemps(count func(bool, error), now time.Time) error {
	dirs := []string{s.dir}
	if marked(s.root) {
		dirs = append(dirs, s.root)
	}
	var errs []error
	for _, dir := range dirs {
		errs = append(errs, s.eachName(dir, func(name string) bool {
			if isTemp(name) {
				count(sweepFile(filepath.Join(dir, name), now, nil))
			}
			return true
		}))
	}
	return errors.Join(errs...)
}

// sweepShard removes the temporary files that killed processes left beside
// where a result of key is being written: a process that is killed again and again leaves
// one large file and not a disk full. It is best effort.
func (s *Store) sweepShard(key fingerprint.Key) {
	dir, now := s.shardPath(key), s.now()
	_ = s.eachName(dir, func(name string) bool {
		if strings.HasPrefix(name, tmpPrefix) {
			_, _ = sweepFile(filepath.Join(dir, name), now, nil)
		}
		return true
	})
}

// sweepFile removes a file that has not been touched for a while and that
// no process has locked, by remove if that is not nil. A live one is no error.
func sweepFile(path string, now time.Time, remove func(f *os.File, path string) error) (bool, error) {
	return sweepFileAfter(path, now, sweepAfter, remove)
}

// sweepFileAfter is sweepFile for files that may be left alone for longer.
func sweepFileAfter(path string, now time.Time, after time.Duration, remove func(f *os.File, path string) error) (bool, error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || !before(info, now, after) {
		return false, ignoreGone(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|openNoFollow, 0)
	if err != nil {
		return false, ignoreGone(err)
	}
	defer f.Close()
	switch err := flock(f, lockExclusive); {
	case errors.Is(err, ErrLocked):
		return false, nil
	case err != nil && !before(info, now, sweepUnlockable):
		return false, nil
	}
	if !stillAt(f, path) {
		return false, nil
	}
	if remove != nil {
		err = remove(f, path)
	} else {
		if !renameOpen {
			f.Close()
		}
		err = os.Remove(path)
	}
	return err == nil, ignoreGone(err)
}

// before reports whether a file was last changed more than age before now. A
// time in the future is one that the clock went back from.
func before(info fs.FileInfo, now time.Time, age time.Duration) bool {
	d := now.Sub(info.ModTime())
	return d > age || d < -age
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
