package memo

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/seed-f39940ff/memo/store"
)

// rootCause strips the operation and the path that the os package adds.
func rootCause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// storeTrouble returns in a clause why a store operation failed, with the path
// that the user has to mend. On a full disk there is no such path.
func storeTrouble(err error) string {
	if store.Full(err) {
		return rootCause(err).Error()
	}
	failed, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return err.Error() // it names the path
	}
	path := failed.Path
	if base := filepath.Base(path); strings.HasPrefix(base, ".") {
		path = filepath.Dir(path) // a temporary file
	}
	return fmt.Sprintf("%q: %v", path, rootCause(failed.Err))
}

// unwritable returns in a clause that, and why, the store can't be written.
func unwritable(err error) string { return "the store can't be written: " + storeTrouble(err) }
