package cmd

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/store"
)

type verifyOptions struct {
	fix  bool
	json bool
}

// newVerifyCmd returns `memo verify`.
func newVerifyCmd(app *app) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every file of the store",
		Long: `Read every file in the store and check it against its checksum. memo never
replays a damaged result: it is a miss. --fix removes damaged files now.

The exit code is 1 if a damaged file remains.`,
		Example: `  memo verify
  memo verify --fix`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return runVerify(app, o) },
	}
	cmd.Flags().BoolVar(&o.fix, "fix", false, "remove what is damaged")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return cmd
}

// verifyReport is the output of `memo verify --json`.
type verifyReport struct {
	Files    int          `json:"files"`
	Damaged  int          `json:"damaged"`
	Removed  int          `json:"removed"`
	Problems []problemRow `json:"problems"`
}

// A problemRow is one damaged or unreadable file.
type problemRow struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

func runVerify(app *app, o verifyOptions) error {
	var s *store.Store
	var err error
	if o.fix {
		_, s, err = app.openToChange(nil, nil, nil)
	} else {
		_, s, err = app.openToShow(nil, nil)
	}
	if err != nil {
		return err
	}
	report := verifyReport{Problems: []problemRow{}}
	corrupt := 0
	report.Files, err = s.VerifyAll(o.fix, func(path string, problem error) {
		row := problemRow{path, problem.Error()}
		if c := (*store.CorruptError)(nil); errors.As(problem, &c) {
			row.Reason = c.Reason
			corrupt++
		}
		report.Problems = append(report.Problems, row)
		if !o.json {
			fmt.Fprintf(app.stdout, "%s: %s\n", escape(row.Path), escape(row.Reason))
		}
	})
	if err != nil {
		return err
	}
	report.Damaged = len(report.Problems)
	if o.fix && corrupt > 0 {
		report.Removed = corrupt
		_ = s.Recount() // best effort: the next recount corrects the figures
	}
	if o.json {
		err = printJSON(app.stdout, report)
	} else {
		err = report.print(app)
	}
	if err == nil && report.Damaged > report.Removed {
		return &exitError{code: exitDamaged}
	}
	return err
}

func (r *verifyReport) print(app *app) error {
	text := count(int64(r.Files), "file", "files") + " checked"
	switch {
	case r.Damaged == 0:
		text += ", all sound"
	case r.Removed == r.Damaged:
		text += fmt.Sprintf(", %d damaged and removed", r.Damaged)
	case r.Removed > 0:
		text += fmt.Sprintf(", %d damaged, %d of them removed", r.Damaged, r.Removed)
	default:
		text += fmt.Sprintf(", %d damaged; memo verify --fix removes them", r.Damaged)
	}
	_, err := fmt.Fprintln(app.stdout, text)
	return err
}
