package config

import (
	"errors"
	"fmt"
)

// blame returns an error about a value with an origin: a [FlagError] or a
// [SourceError].
func blame(origin string, err error) error {
	if isFlagOrigin(origin) {
		return &FlagError{Flag: origin, Err: err}
	}
	return &SourceError{Source: origin, Err: err}
}

// A FlagError reports a wrong value of a flag.
type FlagError struct {
	Flag string // with its dashes
	Err  error
}

func (e *FlagError) Error() string { return e.Flag + ": " + e.Err.Error() }
func (e *FlagError) Unwrap() error { return e.Err }

// A SourceError reports an error in a file or in the environment.
type SourceError struct {
	Source string // "FILE:LINE", "FILE", or the name of a variable
	Err    error
}

func (e *SourceError) Error() string { return e.Source + ": " + e.Err.Error() }
func (e *SourceError) Unwrap() error { return e.Err }

// An UntrustedError reports that an untrusted project file has a setting that
// needs trust.
type UntrustedError struct {
	File string
	Line int
	Key  string
	Why  string // in a clause
	// Sets are the settings of the file.
	Sets []*Setting
}

func (e *UntrustedError) Error() string {
	return fmt.Sprintf("%s:%d: %q %s; read the file, then type: memo config trust", e.File, e.Line, e.Key, e.Why)
}

// IsTolerable reports whether the command must run despite an error of [Load].
func IsTolerable(err error) bool {
	var bad *SourceError
	var untrusted *UntrustedError
	return errors.As(err, &bad) || errors.As(err, &untrusted)
}

// mistakes are all errors of one source. As an error it is the first of them,
// because `memo run` prints only one line.
type mistakes []error

func (m mistakes) Error() string { return m[0].Error() }
func (m mistakes) Unwrap() error { return m[0] }

// orNil returns no error if there are no mistakes.
func (m mistakes) orNil() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// all returns all errors of a source.
func all(err error) []error {
	if m, ok := errors.AsType[mistakes](err); ok {
		return m
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
