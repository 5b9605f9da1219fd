package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// Sources are the sources of the configuration of one call.
type Sources struct {
	Table    Table
	World    *fingerprint.World
	Flags    *pflag.FlagSet // nil: none
	UserFile string         // the path given with --config, or ""
}

// Home returns the user's home directory.
func Home(w *fingerprint.World) (string, error) {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	home, _ := w.LookupEnv(name)
	if !filepath.IsAbs(home) {
		return "", errors.New(name + " is not set to an absolute path")
	}
	return home, nil
}

// AtHome expands a leading "~/" of a path.
func AtHome(w *fingerprint.World, path string) (string, error) {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path, nil
	}
	home, err := Home(w)
	if err != nil {
		return "", fmt.Errorf("%q: %w", path, err)
	}
	return filepath.Join(home, rest), nil
}
