package cmd

import (
	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/nest"
	"github.com/seed-f39940ff/memo/refresh"
)

// newDetachedCmd returns a hidden command that does a job in a detached
// process.
func newDetachedCmd(job refresh.Job, do func() error) *cobra.Command {
	return &cobra.Command{
		Use:    string(job),
		Hidden: true,
		Args:   noArgs,
		RunE: func(*cobra.Command, []string) error {
			job.Begin()
			return do()
		},
	}
}

// starter starts detached processes.
func (a *app) starter() *refresh.Starter {
	return &refresh.Starter{Environ: a.environ, Marker: nest.ContextVar}
}
