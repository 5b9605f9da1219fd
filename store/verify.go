package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// VerifyAll reads every result, hint, sidecar and blob, the invalidation log, the totals, the
// names of commands and the answers of version commands. It calls report with each file that is
// damaged or can't be read, and with the problem. With fix it removes damaged
// files; removing a damaged log loses nothing, as its results have ended
// anyway. It returns the number of files it checked, including those of a newer
// memo. The error is that of a directory that it could not read or a file that
// it could not remove.
func (s *Store) VerifyAll(fix bool, report func(path string, problem error)) (n int, err error) {
	var errs []error
	note := func(path string, problem error) {
		if errors.Is(problem, fs.ErrNotExist) {
			return
		}
		n++
		if newer := (*NewerError)(nil); problem == nil || errors.As(problem, &newer) {
			return
		}
		report(path, problem)
		if fix && isCorrupt(problem) {
			errs = append(errs, ignoreGone(os.Remove(path)))
		}
	}
	// A file that is written in place, or replaced by other processes, may
	// look damaged for a moment: check it again under the mutex.
	noteShared := func(name, mutex string, check func() error) {
		problem := check()
		if isCorrupt(problem) {
			if unlock, err := s.lockMutex(mutex, exclusive, logWait); err == nil {
				defer unlock()
				problem = check()
			}
		}
		note(s.Path(name), problem)
	}
	for dir, err := range s.shards() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, s.eachFile(dir, func(path string) { note(path, s.verifyFile(path)) }))
	}
	errs = append(errs, s.eachBlob(func(path string) {
		if !strings.HasPrefix(filepath.Base(path), tmpPrefix) {
			note(path, verifyBlob(path))
		}
	}))
	errs = append(errs, s.eachFile(s.Path(answersDir), func(path string) { note(path, verifyAnswer(path)) }))
	_, problem := readNames(s.Path(namesName))
	note(s.Path(namesName), problem)
	noteShared(totalsName, totalsMutex, s.verifyTotals)
	noteShared(logName, logMutex, s.verifyLog)
	return n, errors.Join(errs...)
}

func isCorrupt(problem error) bool {
	var ce *CorruptError
	return errors.As(problem, &ce)
}

// eachFile calls do with the paths in a directory, except for temporary files.
func (s *Store) eachFile(dir string, do func(path string)) error {
	return s.eachName(dir, func(name string) bool {
		if !strings.HasPrefix(name, tmpPrefix) {
			do(filepath.Join(dir, name))
		}
		return true
	})
}

func verifyAnswer(path string) error {
	f, _, err := openPlain(path, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	question, err := fingerprint.ParseKey(filepath.Base(path))
	if err != nil {
		return &CorruptError{path, "not a name that memo gives"}
	}
	if _, ok := readAnswer(f, fingerprint.Digest(question)); !ok {
		return &CorruptError{path, "not an answer that memo keeps"}
	}
	return nil
}

func (s *Store) verifyTotals() error {
	_, err := s.loadTotals()
	if errors.Is(err, errTotalsDamaged) {
		return &CorruptError{s.Path(totalsName), err.Error()}
	}
	return err
}

func (s *Store) verifyLog() error {
	f, _, size, err := s.openLog(os.O_RDONLY)
	if err == nil {
		defer f.Close()
		_, err = readRecords(f, logHeaderSize, size)
	}
	if errors.Is(err, errLogDamaged) {
		return &CorruptError{s.Path(logName), err.Error()}
	}
	return err
}

// verifyFile checks one file of a shard.
func (s *Store) verifyFile(path string) error {
	name := filepath.Base(path)
	if result, ok := strings.CutSuffix(name, hintSuffix); ok {
		if _, err := parseRef(result); err == nil {
			_, err := readHint(path)
			return err
		}
	}
	if result, ok := strings.CutSuffix(name, sidecarSuffix); ok {
		if _, err := parseRef(result); err == nil {
			_, err := readSidecar(path)
			return err
		}
	}
	ref, err := parseRef(name)
	if err != nil {
		return &CorruptError{path, "not a name that memo gives"}
	}
	if s.ResultPath(ref) != path {
		return &CorruptError{path, "in the wrong directory"}
	}
	r, err := s.Open(ref)
	if err != nil {
		return err
	}
	defer r.Close()
	return r.Verify()
}
