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
	// sweepAfter is the age at which an unlocked temporary file is a leftover.
	// A live one is locked right after its creation, and renamed right after
	// its last write.
	sweepAfter = time.Minute
	// sweepUnlockable is that age on file systems without locks. A run that
	// writes nothing for so long loses only its result.
	sweepUnlockable = 24 * time.Hour
	// failureKept is how long the record of failed refreshes is kept after
	// the last failure. The pause between attempts is some minutes at most.
	failureKept = 24 * time.Hour
)

// sweep removes what killed processes left: temporary files and lock files that
// no process holds, hints and sidecars without a result, blobs that no result
// names, old answers of version commands,
// old records of failed refreshes, and results that were set aside. It returns
// the number of removed files, and continues after errors.
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
			case strings.HasSuffix(name, hintSuffix), strings.HasSuffix(name, sidecarSuffix):
				result := strings.TrimSuffix(path, filepath.Ext(path))
				if _, err := os.Lstat(result); errors.Is(err, fs.ErrNotExist) {
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
	errs = append(errs, s.sweepEnded(now, count), s.sweepBlobs(now, count))
	return removed, errors.Join(errs...)
}

// sweepTemps removes temporary files from the format directory, and from the
// root if that has memo's tag. Other roots contain only files of the user.
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

// sweepShard removes leftover temporary files from the shard of key, so that a
// command that is killed again and again leaves one large file and does not
// fill the disk. It is best effort.
func (s *Store) sweepShard(key fingerprint.Key) {
	dir, now := s.shardPath(key), s.now()
	_ = s.eachName(dir, func(name string) bool {
		if strings.HasPrefix(name, tmpPrefix) {
			_, _ = sweepFile(filepath.Join(dir, name), now, nil)
		}
		return true
	})
}

// sweepFile removes a file older than sweepAfter that no process has locked. It
// calls remove for that if it is not nil. A locked file is not an error.
func sweepFile(path string, now time.Time, remove func(f *os.File, path string) error) (bool, error) {
	return sweepFileAfter(path, now, sweepAfter, remove)
}

// sweepFileAfter is sweepFile with another age.
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

// before reports whether a file was last changed more than age before now. It
// is also true for a time in the future, from before the clock was set back.
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
