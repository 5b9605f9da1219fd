//go:build !unix

package store

import (
	"io/fs"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// openNoFollow has no counterpart here.
const openNoFollow = 0

// renameOpen says that a file can be renamed and unlinked while it is open.
const renameOpen = false

// fileID reports that a file has no numbers by which it is known.
func fileID(fs.FileInfo) (fingerprint.Stat, bool) { return fingerprint.Stat{}, false }

// foreign and exposed are false, and mayMakeIn is true: the profile directory, where the store lies,
// is protected by access control lists that a mode does not show.
func foreign(fs.FileInfo) bool { return false }

func mayMakeIn(fs.FileInfo, int) bool { return true }

func exposed(fs.FileInfo) bool { return false }

// unlinked is false: an open file keeps its name here.
func unlinked(*os.File) bool { return false }

// writable is nil: trying tells.
func writable(string) error { return nil }
