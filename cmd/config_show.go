package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newConfigShowCmd returns `memo config show`.
func newConfigShowCmd(app *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [flags] [-- COMMAND [ARG...]]",
		Short: "Print the effective configuration and where each value comes from",
		Long: `Print every setting that has a value, and where it comes from. With COMMAND
the rules that match it apply.`,
		Example: `  memo config show
  memo config show --json -- kubectl get pods`,
		RunE: func(_ *cobra.Command, args []string) error { return runConfigShow(app, args, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A shownSetting is one effective setting as JSON.
type shownSetting struct {
	Key     string   `json:"key"`
	Value   any      `json:"value"` // text, true or false, a number, or a list of texts
	Origins []string `json:"origins"`
}

// runConfigShow prints what applies. What is wrong with a file or the
// environment is said, and the exit code is 1: then only flags and variables
// apply.
func runConfigShow(app *app, argv []string, asJSON bool) error {
	cfg, wrong := loadConfig(app, nil, argv)
	if wrong != nil && !isForeignTrouble(wrong) {
		return wrong
	}
	shown := cfg.show()
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

// show returns the settings that have a value, in their order, then what
// bounds single scopes.
func (c *config) show() []shownSetting {
	shown := []shownSetting{}
	for _, set := range settings() {
		v, ok := c.values[set.key]
		if !ok {
			continue
		}
		shown = append(shown, v.show(set.key))
	}
	for _, scope := range c.scopes {
		for _, v := range scope.said {
			shown = append(shown, v.show("scopes."+scope.name+"."+v.setting.key))
		}
	}
	return shown
}

func (v *value) show(key string) shownSetting {
	s := shownSetting{Key: key, Origins: []string{}}
	for _, it := range v.items {
		s.Origins = append(s.Origins, it.origin)
	}
	switch kind := v.setting.kind; {
	case v.setting.list:
		s.Value = v.typed()
	case kind == boolKind, kind == countKind, kind == numberKind:
		s.Value = v.items[0].typed
	default:
		s.Value = v.items[0].text
	}
	return s
}

// printSettings prints one line an item for people.
func (a *app) printSettings(shown []shownSetting) error {
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
