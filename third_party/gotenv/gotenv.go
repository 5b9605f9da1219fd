// Package gotenv stands for github.com/subosito/gotenv, with which viper reads
// dotenv files. memo gives viper maps and never such a file; the original
// compiles four regular expressions and brings a transcoder at every start, a
// tenth of a millisecond.
package gotenv

import (
	"errors"
	"fmt"
	"io"
)

// Env are variables by their names.
type Env map[string]string

// StrictParse would read a dotenv file. It always fails.
func StrictParse(io.Reader) (Env, error) {
	return nil, fmt.Errorf("dotenv files are %w", errors.ErrUnsupported)
}
