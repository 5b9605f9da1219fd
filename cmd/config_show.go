package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/config"
)

// newConfigShowCmd returns `memo config show`.
func newConfigShowCmd(app *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [flags] [-- COMMAND [ARG...]]",
		Short: "Print the effective configuration and where each value comes from",
		Long: `Print every setting that has a value, and the source of the value. With COMMAND
the rules that match COMMAND apply.`,
		Example: `  memo config show
  memo config show --json -- kubectl get pods`,
		RunE: func(_ *cobra.Command, args []string) error { return runConfigShow(app, args, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// runConfigShow prints the effective settings. If a file or the environment is
// wrong, it returns an error with exit code 1; only flags and variables apply
// then.
func runConfigShow(app *app, argv []string, asJSON bool) error {
	cfg, wrong := app.load(nil, argv)
	if wrong != nil && !config.IsTolerable(wrong) {
		return wrong
	}
	shown := cfg.Show()
	var err error
	if asJSON {
		err = printJSON(app.stdout, shown)
	} else {
		err = app.printSettings(shown)
	}
	if err == nil && wrong != nil {
		err = &exitError{code: 1, text: wrong.Error()}
	}
	return err
}

// printSettings prints one line an item for people.
func (a *app) printSettings(shown []config.Shown) error {
	style := a.newStyle(a.stdout)
	var rows [][]string
	for _, s := range shown {
		texts, isList := s.Value.([]string)
		if !isList {
			texts = []string{fmt.Sprint(s.Value)}
		}
		for i, text := range texts {
			if strings.TrimSpace(text) != text || text == "" {
				text = fmt.Sprintf("%q", text)
			}
			rows = append(rows, []string{style.Key.Render(escape(s.Key)), escape(text), style.Dim.Render(escape(s.Origins[i]))})
		}
	}
	_, err := fmt.Fprint(a.stdout, table(rows))
	return err
}
