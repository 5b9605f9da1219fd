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
	// settings is the table of all settings.
	settings config.Table
	dirErr   error // why the working directory can't be determined, or nil

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

// An exitError carries an exit code out of a command. If the text is empty,
// memo prints nothing.
type exitError struct {
	code int
	text string
	hint string
	sig  os.Signal // if not nil, memo dies of it instead
}

func (e *exitError) Error() string { return e.text }

// A usageError reports wrong flags or arguments. Its hint says what to type.
type usageError struct {
	text string
	hint string
}

func (e *usageError) Error() string { return e.text }

// usagef returns a usageError without a hint.
func usagef(format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...)}
}

// warn prints a warning on stderr.
func (a *app) warn(text string) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, "memo: %s\n", escape(text))
	}
}

// cachePath returns the cache directory of the flag, the configuration (if not
// empty), the environment or the platform, in this order.
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

// sources returns the sources of the configuration of a command. flags may be
// nil.
func (a *app) sources(flags *pflag.FlagSet) *config.Sources {
	return &config.Sources{Table: a.settings, World: a.world, Flags: flags, UserFile: a.configFile}
}

// load returns the effective configuration for the command argv, which may be
// nil; see [config.Load].
func (a *app) load(flags *pflag.FlagSet, argv []string) (*config.Config, error) {
	return config.Load(a.sources(flags), argv)
}

// disabled reports whether MEMO_DISABLE is set to anything but a false value.
func (a *app) disabled() bool {
	text, _ := a.world.LookupEnv("MEMO_DISABLE")
	on, err := config.ParseBool(text)
	return text != "" && (on || err != nil)
}

// openStore opens the store of the effective configuration. It creates nothing.
func (a *app) openStore(configured string) (*store.Store, error) {
	dir, err := a.cachePath(configured)
	if err != nil {
		return nil, err
	}
	return store.Open(dir, store.Options{Existing: true, Now: a.world.Now})
}
