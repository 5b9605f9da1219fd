package memo

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A State is what a call did.
type State string

const (
	Hit      State = "hit"
	StaleHit State = "stale"
	Miss     State = "miss"
	Bypass   State = "bypass"
)

// Exit codes of a call. Those from 124 up are the codes of timeout(1) and
// env(1).
const (
	ExitNothingCached = 75  // nothing to serve, and no run allowed: EX_TEMPFAIL of sysexits(3)
	ExitTimeout       = 124 // the run timed out
	ExitTrouble       = 125 // memo itself failed
	ExitNotExecutable = 126 // the command was found but could not be executed
	ExitNotFound      = 127 // the command was not found
)

// An Outcome describes what one call did.
type Outcome struct {
	State State
	Key   fingerprint.Key
	// Identity is what the key was made of; nil if no key was made.
	Identity *fingerprint.Identity
	// Reason says why the call was not a plain hit; zero for a plain hit.
	Reason Reason
	// Variants says why the lookup rejected each recorded result, the newest
	// result first.
	Variants []VariantReason
	// ExitCode is the code for the caller to exit with. If Signal is set, the
	// caller dies of that signal instead: the command died of it and this
	// process also received it, or the reader of the output left.
	ExitCode int
	Signal   os.Signal

	// Age is the age of the replayed result; zero after a run. Left is how much
	// longer the result is fresh. NoEnd says that no time ends it, only a
	// dependency or an invalidation.
	Age   time.Duration
	Left  time.Duration
	NoEnd bool
	// Answers are the files of the kept answers of version commands that this
	// outcome rests on. AnswerUntil is when the first of them ends; zero:
	// never.
	Answers     []string
	AnswerUntil time.Time
	// Elapsed is how long the run that made the result took. Saved is the part
	// of that time that this call saved.
	Elapsed time.Duration
	Saved   time.Duration
	// Path is the file of the result that was replayed or stored, and Ref is
	// its name in the store. NotStored is why a run was not stored.
	Path     string
	Ref      store.Ref
	Recorded *store.Result // nil if nothing was replayed or stored
	// Output is the result that was just stored, held in memory; nil if the
	// output is large.
	Output    *store.Reading
	Stored    bool
	NotStored Reason
	// CarriedError is why the lifetime that the result should carry could not
	// be read, so that the policy's TTL applies; empty if there was no error.
	CarriedError string
	// Trouble says in a clause what was wrong with the cache; empty if nothing
	// was.
	Trouble string
	// Instead is a line for the user if an older result was replayed because
	// the command failed; else it is empty.
	Instead string
	// Refreshing says that a background refresh was started.
	Refreshing bool
	// Pending says that the call ended before it learned whether the result was
	// stored. The detached run stores the result and reports it.
	Pending bool
	// Relayed says that a detached run made this outcome; that run also reports
	// whether the result was stored. Answered says, in a detached run, that the
	// waiting call has its answer.
	Relayed, Answered bool
}

// A StartError says why a command could not be started.
type StartError struct {
	Program string
	Err     error
}

func (e *StartError) Error() string {
	name := e.Program
	if name == "" {
		name = `""`
	}
	var missing *fingerprint.ProgramError
	looked := errors.As(e.Err, &missing)
	switch {
	case e.ExitCode() != ExitNotFound, looked && strings.Contains(name, "/"):
		return name + ": " + rootCause(e.Err).Error()
	case looked:
		return name + ": command not found"
	default:
		return name + ": the interpreter that it names was not found"
	}
}

// ExitCode returns the exit code for a process that could not start the
// command.
func (e *StartError) ExitCode() int { return startCode(e.Err) }

func (e *StartError) Unwrap() error { return e.Err }
