package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/recall"
	"github.com/seed-f39940ff/memo/store"
)

// An app is one invocation of memo: its streams, its environment, and the
// global flags. Nothing in this package is global.
type app struct {
	stdin   *os.File
	stdout  io.Writer
	stderr  io.Writer
	args    []string // without the program's name
	environ []string
	help    checked // stdout for what cobra prints
	world   *fingerprint.World
	// settings is the table of what can be set.
	settings config.Table
	dirErr   error // why there is no working directory, if there is none

	// Global flags.
	cacheDir   string
	configFile string
	color      string
	quiet      bool
}

// newApp returns the app of this process.
func newApp() *app {
	a := &app{
		stdin:    os.Stdin,
		stdout:   os.Stdout,
		stderr:   os.Stderr,
		args:     os.Args[1:],
		environ:  recall.Environ(os.Environ()),
		color:    "auto",
		settings: config.Settings(),
	}
	var dir string
	dir, a.dirErr = fingerprint.PhysicalDir()
	a.world = fingerprint.NewWorld(a.environ, dir)
	return a
}

// An exitError carries an exit code out of a command. With an empty text
// nothing is printed.
type exitError struct {
	code int
	text string
	hint string
	sig  os.Signal // to die of instead
}

func (e *exitError) Error() string { return e.text }

// A usageError says that the words of a command are wrong, and what to type.
type usageError struct {
	text string
	hint string
}

func (e *usageError) Error() string { return e.text }

// usagef returns a usageError without a hint.
func usagef(format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...)}
}

// warn prints a line about something that is wrong but stops nothing.
func (a *app) warn(text string) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, "memo: %s\n", escape(text))
	}
}

// cachePath returns the cache directory: by flag, by configuration (if not
// empty), by environment, by platform.
func (a *app) cachePath(configured string) (string, error) {
	switch {
	case a.cacheDir != "":
		dir, err := config.AtHome(a.world, a.cacheDir)
		return a.world.Abs(dir), err
	case configured != "":
		return a.world.Abs(configured), nil
	}
	if dir, _ := a.world.LookupEnv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "memo"), nil
	}
	home, err := config.Home(a.world)
	if err != nil {
		return "", fmt.Errorf("no cache directory: %w; set MEMO_CACHE_DIR", err)
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Caches", "memo"), nil
	case "windows":
		if dir, _ := a.world.LookupEnv("LocalAppData"); filepath.IsAbs(dir) {
			return filepath.Join(dir, "memo"), nil
		}
	}
	return filepath.Join(home, ".cache", "memo"), nil
}

// sources are where the configuration of a command with flags (nil: none) is
// looked for.
func (a *app) sources(flags *pflag.FlagSet) *config.Sources {
	return &config.Sources{Table: a.settings, World: a.world, Flags: flags, UserFile: a.configFile}
}

// load returns the effective configuration for a command (nil: for none); see
// [config.Load].
func (a *app) load(flags *pflag.FlagSet, argv []string) (*config.Config, error) {
	return config.Load(a.sources(flags), argv)
}

// disabled reports whether MEMO_DISABLE has memo step aside: any text but that
// of a no does.
func (a *app) disabled() bool {
	text, _ := a.world.LookupEnv("MEMO_DISABLE")
	on, err := config.ParseBool(text)
	return text != "" && (on || err != nil)
}

// openStore opens the store of the effective configuration for a command that
// shows or changes what is there.
func (a *app) openStore(configured string) (*store.Store, error) {
	dir, err := a.cachePath(configured)
	if err != nil {
		return nil, err
	}
	return store.Open(dir, store.Options{Existing: true, Now: a.world.Now})
}
