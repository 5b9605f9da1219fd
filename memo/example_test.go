package memo_test

import (
	"fmt"
	"log"
	"os"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A Go program can remember what commands print. The second call is a hit: the
// command does not run again.
func Example() {
	dir, err := os.MkdirTemp("", "memo-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	results, err := store.Open(dir, store.Options{})
	if err != nil {
		log.Fatal(err)
	}
	command := &memo.Command{Argv: []string{"echo now"}, Shell: true}
	policy := &memo.Policy{TTL: expiry.For(memo.DefaultTTL)}
	for range 2 {
		cwd, err := fingerprint.PhysicalDir()
		if err != nil {
			log.Fatal(err)
		}
		// A World is one call's view of the machine.
		runner := &memo.Runner{
			Store:  results,
			World:  fingerprint.NewWorld(os.Environ(), cwd),
			Stdout: os.Stdout,
			Stderr: os.Stderr,
		}
		outcome, err := runner.Run(command, policy)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(outcome.State, outcome.ExitCode)
	}
	// Output:
	// now
	// miss 0
	// now
	// hit 0
}
