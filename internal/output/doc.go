// Package output keeps the files that a command writes with its result, and puts
// them back when the result is replayed.
//
// After a run, [Files.Collect] finds the files that the declared patterns match,
// and stores the content of each as a blob. On a hit, [Files.Restore] compares
// what lies in the working directory with the result: what is the same stays
// untouched, and everything else is written beside its place and renamed, through
// a root directory that no symlink leads out of. Restore either puts back
// everything or returns an error, and then the command has to run. Any number of
// processes may restore the same files at once.
//
// Only files below the project are taken: those below the nearest directory above
// the working directory with a .git or .memo.yaml, or else below the working
// directory. Owners and times of files are not kept: a restored file is new, as
// make(1) wants it.
package output
