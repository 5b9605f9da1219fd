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
		Long: `Print every setting that has a value, and where it comes from. With COMMAND
the rules that match it apply. Flags for one call are shown if they are set; with
--json all are.`,
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
		err = app.printSettings(cfg, shown, argv)
	}
	if err == nil && wrong != nil {
		err = &exitError{code: 1, text: wrong.Error()}
	}
	return err
}

// printSettings prints one line an item for people, and what there is besides.
func (a *app) printSettings(cfg *config.Config, shown []config.Shown, argv []string) error {
	style := a.newStyle(a.stdout)
	var rows [][]string
	add := func(key, text, origin string) {
		rows = append(rows, []string{style.Key.Render(escape(key)), escape(text), style.Dim.Render(escape(origin))})
	}
	if !cfg.Policy.TTL.Given() {
		add("ttl", "not set", "default_ttl counts, or the dependencies of the call")
	}
	for _, s := range shown {
		texts, isList := s.Value.([]string)
		if s.Idle {
			continue
		}
		if !isList {
			texts = []string{fmt.Sprint(s.Value)}
		}
		for i, text := range texts {
			if strings.TrimSpace(text) != text || text == "" {
				text = fmt.Sprintf("%q", text)
			}
			add(s.Key, text, s.Origins[i])
		}
	}
	if n := cfg.Elsewhere.Rules; n > 0 && len(argv) == 0 {
		add("rules", fmt.Sprint(n), "memo config show -- COMMAND shows what they set")
	}
	if names := cfg.Elsewhere.Scopes; len(names) > 0 {
		add("scopes", strings.Join(names, ", "), "MEMO_SCOPE=NAME memo config show shows what they set")
	}
	_, err := fmt.Fprint(a.stdout, table(rows))
	return err
}
