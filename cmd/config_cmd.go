package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/store"
)

// newConfigCmd returns `memo config` with its subcommands.
func newConfigCmd(app *app) *cobra.Command {
	show := newConfigShowCmd(app)
	cmd := &cobra.Command{
		Use:   "config [show|path|check|trust|init]",
		Short: "Show or check the configuration",
		Long: `Settings come from these sources; later ones override earlier ones: the
defaults, the user file, the project file (.memo.yaml in this directory or the
nearest parent), the environment (MEMO_TTL for ttl and so on), and flags. Lists
of dependencies, variables and tags from all sources add up.`,
		Example: `  memo config
  memo config show -- kubectl get pods
  memo config check
  memo config trust`,
		Args: configArgs,
		RunE: show.RunE,
	}
	cmd.Flags().AddFlagSet(show.Flags())
	cmd.AddCommand(show, newConfigPathCmd(app), newConfigCheckCmd(app), newConfigTrustCmd(app), newConfigInitCmd(app))
	return cmd
}

// configArgs accepts a command after "--" and rejects an unknown subcommand.
func configArgs(cmd *cobra.Command, args []string) error {
	if dash := cmd.ArgsLenAtDash(); len(args) == 0 || dash == 0 {
		return nil
	}
	return &usageError{
		text: fmt.Sprintf("memo config knows no %q", args[0]),
		hint: "memo config show, path, check, trust or init",
	}
}

// newConfigPathCmd returns `memo config path`.
func newConfigPathCmd(app *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "path",
		Short:   "Print which configuration files are read",
		Example: "  memo config path",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return runConfigPath(app, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runConfigPath(app *app, asJSON bool) error {
	user, _ := app.sources(nil).UserPath()
	_, err := app.world.Stat(user)
	exists := err == nil
	project, content, err := config.FindProject(app.world)
	if err != nil {
		return err
	}
	trusted := project != "" && config.IsTrusted(app.world, project, content)
	if asJSON {
		out := map[string]any{"user": user, "user_exists": exists, "project": nil, "trusted": trusted}
		if project != "" {
			out["project"] = project
		}
		return printJSON(app.stdout, out)
	}
	note := map[bool]string{true: "", false: " (does not exist)"}
	fmt.Fprintf(app.stdout, "user file     %s%s\n", escape(user), note[exists])
	switch {
	case project == "":
		_, err = fmt.Fprintf(app.stdout, "project file  none here or above\n")
	case trusted:
		_, err = fmt.Fprintf(app.stdout, "project file  %s (trusted)\n", escape(project))
	default:
		_, err = fmt.Fprintf(app.stdout, "project file  %s (not trusted)\n", escape(project))
	}
	return err
}

// newConfigCheckCmd returns `memo config check`.
func newConfigCheckCmd(app *app) *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Check the configuration files and variables; exit 1 if something is wrong",
		Example: "  memo config check",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return runConfigCheck(app) },
	}
}

// runConfigCheck prints the errors of all sources, not only the first.
func runConfigCheck(app *app) error {
	found := false
	for _, err := range config.Check(app.sources(nil)) {
		if err != nil {
			found = true
			if _, err := fmt.Fprintln(app.stdout, escape(err.Error())); err != nil {
				return err
			}
		}
	}
	if found {
		return &exitError{code: 1}
	}
	if app.quiet {
		return nil
	}
	_, err := fmt.Fprintln(app.stdout, "the configuration is right")
	return err
}

// newConfigTrustCmd returns `memo config trust`.
func newConfigTrustCmd(app *app) *cobra.Command {
	var revoke bool
	cmd := &cobra.Command{
		Use:   "trust [FILE]",
		Short: "Trust a project file as it is now",
		Long: `Trust FILE, or the project file that applies here, to set anything. A file
that is changed afterwards has to be trusted again. What it sets is printed.
Without trust it may only shorten lifetimes and add variables, tags and
dependencies below its directory.`,
		Example: `  memo config trust
  memo config trust --revoke ../.memo.yaml`,
		Args: atMostOneArg,
		RunE: func(_ *cobra.Command, args []string) error { return runConfigTrust(app, args, revoke) },
	}
	cmd.Flags().BoolVar(&revoke, "revoke", false, "trust its present content no more")
	return cmd
}

func runConfigTrust(app *app, args []string, revoke bool) error {
	path, content, err := fileToTrust(app, args)
	if err != nil {
		return err
	}
	if revoke {
		had, err := config.RevokeTrust(app.world, path, content)
		if err == nil && !app.quiet {
			note := map[bool]string{true: "no longer trusted: ", false: "was not trusted: "}
			_, err = fmt.Fprintln(app.stdout, note[had]+escape(path))
		}
		return err
	}
	if err := app.sources(nil).Trust(path, content); err != nil || app.quiet {
		return err
	}
	grants, err := app.sources(nil).Grants(path, content)
	if err != nil {
		return err
	}
	text := "trusted: " + escape(path) + "\n"
	for _, g := range grants {
		line := g.Key + " " + quoteCommand(g.Texts)
		if g.Where != "" {
			line = escape(g.Where) + ": " + line
		}
		if g.Was != "" && (len(g.Texts) != 1 || g.Was != g.Texts[0]) {
			line += " (was " + quoteWord(g.Was) + ")"
		}
		text += "  " + line + "\n"
	}
	_, err = fmt.Fprint(app.stdout, text)
	return err
}

// fileToTrust returns the content of the file to trust, and its path as the
// search for project files finds it.
func fileToTrust(app *app, args []string) (path string, content []byte, err error) {
	if len(args) == 0 {
		path, content, err = config.FindProject(app.world)
		if err == nil && path == "" {
			err = &usageError{text: "no " + config.ProjectName + " here or above", hint: "memo config trust FILE"}
		}
		return path, content, err
	}
	path = app.world.Abs(args[0])
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", nil, fmt.Errorf("trust %q: %w", args[0], config.ReadError(args[0], err))
	}
	path = filepath.Join(dir, filepath.Base(path))
	if content, err = app.world.ReadBeneath(dir, filepath.Base(path), config.MaxProject); err != nil {
		return "", nil, fmt.Errorf("trust %q: %w", args[0], config.ReadError(path, err))
	}
	return path, content, nil
}

// atMostOneArg is cobra.MaximumNArgs(1) with a hint.
func atMostOneArg(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return noArgs(cmd, args[1:])
}

// newConfigInitCmd returns `memo config init`.
func newConfigInitCmd(app *app) *cobra.Command {
	return &cobra.Command{
		Use:     "init",
		Short:   "Write a user file that shows every setting in a comment",
		Example: "  memo config init",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return runConfigInit(app) },
	}
}

func runConfigInit(app *app) error {
	path, _ := app.sources(nil).UserPath()
	if path == "" {
		return errors.New("no place for a user file: HOME is not set")
	}
	if err := store.MakeDirs(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write %q: %w", path, config.ReadError(path, err))
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &exitError{code: 1, text: fmt.Sprintf("%q already exists", path), hint: "edit it; memo config show prints the values that apply"}
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", path, config.ReadError(path, err))
	}
	store.KeepPrivate(f)
	_, err = f.WriteString(config.Example)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(path) // an incomplete file is useless
		return fmt.Errorf("write %q: %w", path, config.ReadError(path, err))
	}
	if app.quiet {
		return nil
	}
	_, err = fmt.Fprintln(app.stdout, "wrote "+escape(path))
	return err
}
