package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// olderKept is how long the unused directory of an older format is kept. An
// older memo may still be installed elsewhere and share the cache directory.
const olderKept = 30 * 24 * time.Hour

// An olderFormat describes a format of an earlier memo: the names of its
// directory and of the files in it, except temporary files and parts of the
// journal.
type olderFormat struct {
	dir   string
	names []string
}

func olderFormats() []olderFormat {
	return []olderFormat{{"v1", []string{
		tagName, readmeName, resultsDir, locksDir, refreshDir, "recall", endedDir, scopesDir, answersDir,
		logName, logMutex, logGuard, journalName, totalsName, totalsMutex, evictMutex,
	}}}
}

// RemoveOlder removes the directories of older formats that were not used for
// 30 days, and returns their number and the size of their files. It skips a
// directory that is in use, has no tag, or contains a file that memo did not
// create. With dryRun it only counts.
func (s *Store) RemoveOlder(dryRun bool) (n, size int64, err error) {
	var errs []error
	for _, format := range olderFormats() {
		dir := filepath.Join(s.root, format.dir)
		use, ok := format.use(s.root, dir)
		if !ok || s.now().Sub(use.last) <= olderKept {
			continue
		}
		if !dryRun {
			if err := removeOlder(dir); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		n++
		size += use.size
	}
	return n, size, errors.Join(errs...)
}

// An olderUse describes the use of an older format's directory.
type olderUse struct {
	last time.Time // the time of its newest file
	size int64
}

// use examines a directory below root. ok is false unless memo created it and
// no process uses it.
func (o olderFormat) use(root, dir string) (use olderUse, ok bool) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || foreign(info) || exposed(info) || !marked(dir) && !marked(root) {
		return use, false
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		below, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		if !o.made(below, info) || info.Size() > 0 && info.Mode().IsRegular() && !begins(path, magicOf(below)) {
			return errNotOurs
		}
		if info.Mode().IsRegular() {
			use.size += info.Size()
			if info.ModTime().After(use.last) {
				use.last = info.ModTime()
			}
		}
		return nil
	})
	if use.last.IsZero() {
		use.last = info.ModTime() // it has no files
	}
	return use, err == nil && !anyLocked(filepath.Join(dir, locksDir))
}

// magicOf returns the bytes that every version of the file below, a path
// relative to the format directory, begins with; "" if there are none.
func magicOf(below string) string {
	top, _, nested := strings.Cut(below, "/")
	switch {
	case strings.HasPrefix(filepath.Base(below), tmpPrefix):
		return ""
	case nested && top == resultsDir:
		return "memo."
	case top == logName || top == totalsName:
		return "memo"
	case top == journalName || strings.HasPrefix(top, journalPrefix):
		return "mjr"
	}
	return ""
}

var errNotOurs = errors.New("not made by memo")

// made reports whether memo creates files of this type at below, a path relative
// to the format directory.
func (o olderFormat) made(below string, info fs.FileInfo) bool {
	const digits = "0123456789abcdef"
	if foreign(info) || !info.IsDir() && !info.Mode().IsRegular() {
		return false
	}
	top, rest, nested := strings.Cut(below, "/")
	name := filepath.Base(below)
	switch {
	case strings.HasPrefix(name, tmpPrefix):
		return info.Mode().IsRegular()
	case !nested:
		return slices.Contains(o.names, top) || strings.HasPrefix(top, journalPrefix)
	case info.IsDir():
		return top == resultsDir && len(rest) == shardDigits && strings.Trim(rest, digits) == ""
	case top == resultsDir:
		_, err := parseRef(strings.TrimSuffix(name, hintSuffix))
		return err == nil
	}
	for _, prefix := range []string{keeperPrefix, "memo-context-"} {
		rest = strings.TrimPrefix(rest, prefix)
	}
	return strings.Trim(strings.TrimSuffix(rest, rollPart), digits+"-") == "" || top == "recall" && rest == "key"
}

// anyLocked reports whether a process has a lock on a file in a directory.
func anyLocked(dir string) bool {
	entries, _ := os.ReadDir(dir) // there may be none
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		f, err := os.OpenFile(filepath.Join(dir, e.Name()), os.O_RDWR|openNoFollow, 0)
		if err != nil {
			return false
		}
		defer f.Close()
		return errors.Is(flock(f, lockExclusive), ErrLocked)
	})
}

// removeOlder removes a directory and its tag last, so that it still has its tag
// if the removal is interrupted.
func removeOlder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ignoreGone(err)
	}
	for _, e := range entries {
		if e.Name() == tagName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}
