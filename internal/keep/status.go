package keep

import "time"

// A Status is how things stand with a result that is kept.
type Status struct {
	// Running says that the result is being renewed, for as long as Took.
	// Nothing else is said then.
	Running bool
	Took    time.Duration

	Made bool // there is a result, as old as Age
	Age  time.Duration
	// Failing says that the last attempt failed.
	Failing bool
	// Next is how long it is until the keeper looks, Due until the command is
	// run, which is known if it is Periodic. Watching says that it looks when
	// something changes, too.
	Next, Due          time.Duration
	Periodic, Watching bool
}
