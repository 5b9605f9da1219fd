package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// VerifyAll reads every result and hint whole and calls report with each file
// that is not what was written, or can't be read, and why. With fix it
// removes the former. It returns how many files it checked; the error is that
// of a directory that could not be read or a file that could not be removed.
func (s *Store) VerifyAll(fix bool, report func(path string, problem error)) (n int, err error) {
	var errs []error
	for dir, err := range s.shards() {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, eachName(dir, func(name string) bool {
			if strings.HasPrefix(name, tmpPrefix) {
				return true // somebody is writing it; leftovers are Sweep's
			}
			path := filepath.Join(dir, name)
			problem := s.verifyFile(path)
			if errors.Is(problem, fs.ErrNotExist) {
				return true
			}
			n++
			if problem == nil {
				return true
			}
			report(path, problem)
			if ce := (*CorruptError)(nil); fix && errors.As(problem, &ce) {
				errs = append(errs, ignoreGone(os.Remove(path)))
			}
			return true
		}))
	}
	return n, errors.Join(errs...)
}

// verifyFile checks one file of a shard.
func (s *Store) verifyFile(path string) error {
	name := filepath.Base(path)
	if result, ok := strings.CutSuffix(name, hintSuffix); ok {
		if _, err := ParseRef(result); err == nil {
			_, err := readHint(path)
			return err
		}
	}
	ref, err := ParseRef(name)
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
