package cmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/store"
)

type showOptions struct {
	stdout, stderr, output, json bool

	prefix string
	argv   []string       // instead of prefix
	run    *pflag.FlagSet // those of `memo run`, about argv
}

// newShowCmd returns `memo show`.
func newShowCmd(app *app) *cobra.Command {
	var o showOptions
	showFormats := []string{"stdout", "stderr", "output", "json"}
	cmd := &cobra.Command{
		Use:   "show [flags] (KEY | -- COMMAND [ARG...])",
		Short: "Show one result, whole",
		Long: `Show a result: command, directory, dependencies with their fingerprints,
lifetimes, runs; or what it printed. It is compared with its dependencies, but a
version command is not run. On a terminal the first lines of the output follow.
KEY may be abbreviated. With a command it
is the newest result of that command in this directory: in --scope NAME if that
is given, under --key TEMPLATE, for all directories with --any-cwd. With other
flags of memo run that belong to the key (such as --env, --dep, -c), it is that
of exactly that call.

The exit code is 75 if there is none.`,
		Example: `  memo show 3f9a21c0
  memo show -- kubectl get pods
  memo show --stdout -- kubectl get pods
  memo show --scope work -e 'AWS_*' -- aws sts get-caller-identity`,
		// Before cobra looks at the groups of flags, of which completions know.
		PreRunE: func(cmd *cobra.Command, _ []string) error { return onlyOne(cmd, showFormats...) },
		RunE: func(cmd *cobra.Command, args []string) error {
			switch dash := cmd.ArgsLenAtDash(); {
			case dash == 0 && len(args) > 0:
				o.argv = args
			case dash < 0 && len(args) == 1:
				if err := onlyWithCommand(o.run, args); err != nil {
					return err
				}
				o.prefix = args[0]
			default:
				words := "COMMAND [ARG...]"
				if dash < 0 && len(args) > 1 {
					words = quoteCommand(app.typed(args))
				}
				return &usageError{text: "want one key, or -- and a command", hint: "memo show KEY, or: memo show -- " + words}
			}
			return runShow(app, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.stdout, "stdout", false, "print what the command wrote to stdout")
	flags.BoolVar(&o.stderr, "stderr", false, "print what it wrote to stderr")
	flags.BoolVar(&o.output, "output", false, "print both in the order in which they were read")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	o.run = app.addCallFlags(flags)
	cmd.MarkFlagsMutuallyExclusive(showFormats...)
	return cmd
}

func runShow(app *app, o showOptions) error {
	cfg, s, err := app.openToShow(o.run, o.argv)
	if err != nil {
		return err
	}
	refs, err := findRefs(app, cfg, s, o)
	if err != nil {
		return err
	}
	ref, r, err := openFirst(s, refs)
	if err != nil {
		return err
	}
	if r == nil {
		return o.none(app, cfg, s)
	}
	defer r.Close()
	switch {
	case o.stdout:
		return copyOutput(app.stdout, r, func(st store.Stream) bool { return st == store.Stdout })
	case o.stderr:
		return copyOutput(app.stdout, r, func(st store.Stream) bool { return st == store.Stderr })
	case o.output:
		return copyOutput(app.stdout, r, func(store.Stream) bool { return true })
	}
	maker, err := newEntryMaker(app, s, comparison{})
	if err != nil {
		return err
	}
	d := newDetail(maker, ref, r, refs)
	if o.json {
		return printJSON(app.stdout, d)
	}
	st := app.newStyle(app.stdout)
	if err := printDetail(app.stdout, st, d); err != nil || !st.tty {
		return err
	}
	return printPreview(app.stdout, st, r)
}

// openFirst opens the first result that can be read. The reading is nil if
// there is none.
func openFirst(s *store.Store, refs []store.Ref) (store.Ref, *store.Reading, error) {
	var failed error
	for _, ref := range refs {
		r, err := s.Open(ref)
		if err == nil {
			return ref, r, nil
		}
		if !isGone(err) && failed == nil {
			failed = err
		}
	}
	return store.Ref{}, nil, failed
}

// copyOutput writes the chunks of the streams that want accepts, byte for
// byte, after the whole of the output was verified.
func copyOutput(w io.Writer, r *store.Reading, want func(store.Stream) bool) error {
	if err := r.Verify(); err != nil {
		return err
	}
	return r.Chunks(func(stream store.Stream, off, n int64) error {
		if !want(stream) {
			return nil
		}
		if _, err := io.Copy(w, io.NewSectionReader(r, off, n)); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
		return nil
	})
}
