//go:build !unix

package store

import (
	"io/fs"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// openNoFollow has no counterpart on this platform.
const openNoFollow = 0

// renameOpen says whether a file can be renamed and unlinked while it is open.
const renameOpen = false

// fileID returns false: there are no device and inode numbers.
func fileID(fs.FileInfo) (fingerprint.Stat, bool) { return fingerprint.Stat{}, false }

// foreign and exposed return false, and mayMakeIn returns true: access control
// lists, which a mode does not show, protect the profile directory with the
// store.
func foreign(fs.FileInfo) bool { return false }

func mayMakeIn(fs.FileInfo, int) bool { return true }

func exposed(fs.FileInfo) bool { return false }

// unlinked returns false: an open file keeps its name on this platform.
func unlinked(*os.File) bool { return false }

// writable returns nil: only an attempt to write can tell.
func writable(string) error { return nil }
