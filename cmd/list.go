package cmd

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/store"
)

type listOptions struct {
	sort     string
	scope    string
	hasScope bool
	json     bool
}

// newListCmd returns `memo list`.
func newListCmd(app *app) *cobra.Command {
	o := listOptions{sort: "age"}
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the results in the store",
		Long: `List the results, one a line: key, age, time left (or why there is none), size,
hits, exit code, command. The time left is by the lifetime of the run that made
the result; a reader's own --ttl may differ. Results whose dependencies have
changed are outdated. If looking at all of them would take long, the rest are
not compared, and the reason in --json says so. No version command is run. A
narrow terminal gets no size, hits and exit code.

Hits are those of the result, and begin anew when it is replaced; memo stats adds
up all hits of a command. Results of one key were made with other states of their
dependencies, and a terminal shows which of them differ.`,
		Example: `  memo list
  memo list --sort saved
  memo list --json | jq -r '.[] | select(.state == "expired") | .key'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.hasScope = cmd.Flags().Changed("scope")
			return runList(app, o)
		},
	}
	flags := cmd.Flags()
	flags.Var(config.NewTextFlag(&o.sort, "WHAT"), "sort", "order by age, size, hits, saved or command")
	flags.Var(config.NewTextFlag(&o.scope, "NAME"), "scope", "only the results of scope NAME")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions([]string{"age", "size", "hits", "saved", "command"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runList(app *app, o listOptions) error {
	order, err := listOrder(o.sort)
	if err != nil {
		return err
	}
	_, s, err := app.openToShow(nil, nil)
	if err != nil {
		return err
	}
	maker, err := newEntryMaker(app, s, comparison{
		budget: fingerprint.NewBudget(listEntries, listBytes),
		takers: map[string]*fingerprint.Taker{},
	})
	if err != nil {
		return err
	}
	refs, keys, err := allRefs(s)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(app.stdout)
	var p printer = &lineList{w: out, style: app.newStyle(app.stdout), short: abbreviate(keys)}
	if o.json {
		p = &jsonList{w: out}
	}
	p.begin()
	var gathered []*entry
	listed := 0
	for _, ref := range refs {
		r, err := s.Open(ref)
		if err != nil {
			continue // it vanished, or `memo verify` tells
		}
		e := maker.entry(ref, r)
		r.Close()
		if o.hasScope && e.Scope != o.scope {
			continue
		}
		listed++
		switch {
		case order != nil:
			gathered = append(gathered, e)
		default:
			p.entry(e)
			if err := flushSometimes(out); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(gathered, order)
	for _, e := range gathered {
		p.entry(e)
	}
	p.end()
	if err := out.Flush(); err != nil || o.json {
		return err
	}
	app.remarkNone(s, len(refs), listed, o)
	return nil
}

// remarkNone says on stderr that a list of results, which scripts read, is
// empty.
func (a *app) remarkNone(s *store.Store, results, listed int, o listOptions) {
	switch {
	case listed > 0:
	case results == 0:
		a.warn(fmt.Sprintf("no results yet in %q", s.Root()))
	case o.hasScope:
		a.warn(fmt.Sprintf("no results in scope %q", o.scope))
	default:
		a.warn("no result can be read; memo verify says why")
	}
}

// allRefs returns the names of all results, the newest first, and their keys,
// sorted. No file is opened for it, so that the first line comes soon.
func allRefs(s *store.Store) ([]store.Ref, []fingerprint.Key, error) {
	var refs []store.Ref
	var keys []fingerprint.Key
	for ref, err := range s.All() {
		if err != nil {
			return nil, nil, err
		}
		refs, keys = append(refs, ref), append(keys, ref.Key)
	}
	slices.SortFunc(refs, store.Ref.CompareAge)
	slices.SortFunc(keys, func(a, b fingerprint.Key) int { return slices.Compare(a[:], b[:]) })
	return refs, keys, nil
}

// listOrder returns how to compare entries; nil is the order in which they
// come, the newest first.
func listOrder(by string) (func(a, b *entry) int, error) {
	switch by {
	case "age":
		return nil, nil
	case "size":
		return func(a, b *entry) int { return cmp.Compare(b.Size, a.Size) }, nil
	case "hits":
		return func(a, b *entry) int { return cmp.Compare(b.Hits, a.Hits) }, nil
	case "saved":
		return func(a, b *entry) int { return cmp.Compare(b.use.Saved, a.use.Saved) }, nil
	case "command":
		return func(a, b *entry) int { return slices.Compare(a.Command, b.Command) }, nil
	}
	return nil, usagef("cannot sort by %q: want age, size, hits, saved or command", by)
}

// flushSometimes writes out the first lines soon and the others by the buffer,
// so that a list streams and ends when its reader leaves.
func flushSometimes(w *bufio.Writer) error {
	if w.Buffered() > w.Size()/2 {
		return w.Flush()
	}
	return nil
}

// A printer prints a list in one of the formats.
type printer interface {
	begin()
	entry(*entry)
	end()
}

// A jsonList prints an array with one entry a line.
type jsonList struct {
	w io.Writer
	n int
}

func (l *jsonList) begin() { fmt.Fprint(l.w, "[") }

func (l *jsonList) entry(e *entry) {
	sep := ",\n"
	if l.n++; l.n == 1 {
		sep = "\n"
	}
	text, err := encodeJSON(e, "")
	if err != nil {
		text = []byte("null")
	}
	fmt.Fprint(l.w, sep, string(text))
}

func (l *jsonList) end() {
	if l.n > 0 {
		fmt.Fprintln(l.w)
	}
	fmt.Fprintln(l.w, "]")
}
