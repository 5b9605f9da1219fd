package refresh

import (
	"os"
	"slices"
	"strings"
)

// A Job is work that memo does in a detached process. It is the name of a hidden
// command, or a value of the hidden flag [RunFlag] of `memo run`.
type Job string

const (
	Drain  Job = "drain-pipes"     // read the pipes that outlived a command
	Events Job = "events-detached" // run the handler of events
	Evict  Job = "evict-detached"  // bring the store back within its bounds

	Refresh Job = "refresh"    // renew a stale result
	Relay   Job = "relay"      // run the command for a call that waits at a pipe
	Lead    Job = "relay-lead" // the same, under the lock that the call hands over
	Keep    Job = "keep"       // renew a result for the keeper that waits
)

// RunFlag is the flag of `memo run` that takes a job.
const RunFlag = "detached"

// A trait describes a job.
type trait struct {
	runs   bool // the job is `memo run` in another role
	inner  bool // the job is part of the same outer run as its starter
	urgent bool // a call waits for the job, which therefore keeps its priority
}

// traits is the table of jobs.
func traits() map[Job]trait {
	return map[Job]trait{
		Drain:   {inner: true},
		Events:  {},
		Evict:   {},
		Refresh: {runs: true},
		Relay:   {runs: true, inner: true, urgent: true},
		Lead:    {runs: true, inner: true, urgent: true},
		Keep:    {runs: true},
	}
}

// Words returns the first arguments of a job's process.
func (j Job) Words() []string {
	if traits()[j].runs {
		return []string{"run", "--" + RunFlag + "=" + string(j)}
	}
	return []string{string(j)}
}

// Begin prepares the process of a job. It is called first.
func (j Job) Begin() {
	if !traits()[j].urgent {
		lowerPriority()
	}
}

// A Starter starts jobs in the environment of this process.
type Starter struct {
	Environ []string
	// Marker is the variable by which a process finds its outer run.
	Marker string
}

// Outside returns the environment for a process that is part of no outer run.
func (s *Starter) Outside() []string {
	marks := func(kv string) bool { return strings.HasPrefix(kv, s.Marker+"=") }
	if !slices.ContainsFunc(s.Environ, marks) {
		return s.Environ
	}
	return slices.DeleteFunc(slices.Clone(s.Environ), marks)
}

// Start starts a job in a detached process and does not wait for it. files are
// the standard streams of the process, then the files that [Handed] returns in
// it. A nil or missing file is the null device.
func (s *Starter) Start(j Job, args []string, files ...*os.File) error {
	p := &process{args: append(j.Words(), args...), files: files}
	if p.env = s.Environ; !traits()[j].inner {
		p.env = s.Outside()
	}
	return p.start()
}
