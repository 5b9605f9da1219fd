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

// ExitNothingCached is the exit code of a call that may not run anything and
// found nothing to serve: EX_TEMPFAIL of sysexits(3). ExitTimeout is that of a run
// that timed out, ExitTrouble that of memo's own failure, and the others those of
// a command that was found but could not be executed, or was not found, as
// timeout(1) and env(1) have them.
const (
	ExitNothingCached = 75
	ExitTimeout       = 124
	ExitTrouble       = 125
	ExitNotExecutable = 126
	ExitNotFound      = 127
)

// An Outcome is what became of one call.
type Outcome struct {
	State State
	Key   fingerprint.Key
	// Reason says why the call was not a plain hit; zero for a plain hit.
	Reason Reason
	// Variants says of each recorded result that the lookup rejected why, the
	// newest first.
	Variants []VariantReason
	// ExitCode is the code for the caller to exit with. If Signal is set, the
	// command died of a signal that this process also received, or the reader
	// of the output left: the caller dies of it.
	ExitCode int
	Signal   os.Signal

	// Age is that of the replayed result, zero after a run. Left is how much
	// longer the result is fresh; NoEnd says that only a dependency ends it.
	Age   time.Duration
	Left  time.Duration
	NoEnd bool
	// Answers are the files of the answers of version commands that this
	// outcome rests on, AnswerUntil is until when they hold; zero: nothing there
	// ends.
	Answers     []string
	AnswerUntil time.Time
	// Elapsed is how long the run took that made the result, Saved the part of
	// it that this call was spared.
	Elapsed time.Duration
	Saved   time.Duration
	// Path is the file of the result that was replayed or stored, Ref its name
	// in the store. NotStored is why a run was not recorded.
	Path     string
	Ref      store.Ref
	Recorded *store.Result // nil if nothing was replayed or stored
	// Output is what was just stored, from memory; nil if it is large.
	Output    *store.Reading
	Stored    bool
	NotStored Reason
	// CarriedError is why the lifetime that the result should carry could not
	// be read, so that the policy's TTL applies; empty if it could.
	CarriedError string
	// Trouble is what was wrong with the cache, in a clause, if something was.
	Trouble string
	// Instead says, in a line for the user, that an older result was replayed
	// because the command failed; empty if not.
	Instead string
	// Refreshing says that a background refresh was started.
	Refreshing bool
	// Pending says that the call had no time to learn what became of the
	// result. The detached run stores it and reports that.
	Pending bool
	// Relayed says that a detached run made this outcome, which also reports
	// what became of the result. Answered says of a detached run that the call
	// which waited for it has its answer.
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

// ExitCode is the exit code of a process that was to run the command.
func (e *StartError) ExitCode() int { return startCode(e.Err) }

func (e *StartError) Unwrap() error { return e.Err }
