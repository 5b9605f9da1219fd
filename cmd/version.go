package cmd

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/recall"
)

// newVersionCmd returns `memo version`.
func newVersionCmd(app *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print version, Go version and platform, and whether recall is on",
		Example: `  memo version
  memo version --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return runVersion(app, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runVersion(app *app, asJSON bool) error {
	version, revision := buildVersion()
	off := cmp.Or(recall.Off(app.world), recallObstacle(app))
	if asJSON {
		return printJSON(app.stdout, map[string]any{
			"version":  version,
			"revision": revision,
			"go":       runtime.Version(),
			"platform": runtime.GOOS + "/" + runtime.GOARCH,
			"recall":   off == "",
			// The reason why recall is off, null if it is on.
			"recall_off": reasonOrNull(off),
		})
	}
	fmt.Fprintf(app.stdout, "memo %s\n", version)
	if revision != "" {
		fmt.Fprintf(app.stdout, "revision %s\n", revision)
	}
	state := "on"
	if off != "" {
		state = "off: " + off
	}
	_, err := fmt.Fprintf(app.stdout, "go       %s\nplatform %s/%s\nrecall   %s\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, escape(state))
	return err
}

// reasonOrNull returns reason, or nil, which is null in JSON, if it is empty.
func reasonOrNull(reason string) any {
	if reason == "" {
		return nil
	}
	return reason
}

// buildVersion returns the module's version and the revision it was built
// from, as far as the build recorded them.
func buildVersion() (version, revision string) {
	version = "(devel)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, ""
	}
	if info.Main.Version != "" {
		version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return version, revision
}
