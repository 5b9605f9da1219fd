package cmd

import (
	"fmt"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
)

// A report is the JSON that --report writes about one call.
type report struct {
	State     memo.State `json:"state"`
	Key       string     `json:"key"`
	AgeMS     int64      `json:"age_ms"`
	TTLLeftMS *int64     `json:"ttl_left_ms"` // null if there is no end
	ExitCode  int        `json:"exit_code"`
	Reason    string     `json:"reason"`
	Code      string     `json:"reason_code"` // see docs/reasons.md
	SavedMS   int64      `json:"saved_ms"`
	Stored    bool       `json:"stored"`
	Pending   bool       `json:"pending,omitempty"` // Stored is not known yet
	Path      string     `json:"path"`
	Warnings  []string   `json:"warnings"` // dependencies that stand for nothing
}

// writeReport writes the report of a call to a path that the user named.
func (a *app) writeReport(path string, o *memo.Outcome, warnings []string) error {
	why := o.Reason
	if why.IsZero() {
		why = o.NotStored
	}
	rep := report{
		State:    o.State,
		Key:      o.Key.String(),
		AgeMS:    o.Age.Milliseconds(),
		ExitCode: o.ExitCode,
		Reason:   why.Text,
		Code:     why.Code.String(),
		SavedMS:  o.Saved.Milliseconds(),
		Stored:   o.Stored,
		Pending:  o.Pending,
		Path:     o.Path,
		Warnings: orEmpty(warnings),
	}
	if o.Key.IsZero() {
		rep.Key = ""
	}
	if !o.NoEnd {
		left := o.Left.Milliseconds()
		rep.TTLLeftMS = &left
	}
	text, err := encodeJSON(rep, "")
	if err == nil {
		err = a.writeNamed(path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write report %q: %w", path, config.ReadError(path, err))
	}
	return nil
}
