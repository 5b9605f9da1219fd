package config

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// A Setting is one thing that can be set. It stands once, in the table of
// [Settings]; its flag, its variable, its key in files and all that is done with
// it as one of many follow from there.
type Setting struct {
	Name string // the key in files and in `memo config show`
	Flag string // of `memo run`, empty if there is none
	// Global says that the flag is one of all commands, declared by cmd.
	Global bool
	Short  string // letter of the flag
	// Placeholder names the flag's text in help; completions go by it.
	Placeholder string
	Usage       string

	Kind Kind
	// List says that the value is a list of texts. Lists from all sources add
	// up, unless the nearest one replaces the others.
	List, Replaces bool
	// Default are the texts if nothing is set; none: the zero value of a kind that
	// has one, otherwise no value.
	Default []string
	// Field returns a pointer to where the value goes.
	Field func(*Config) any

	Place    Place
	Trust    TrustRule
	Part     Part
	Recall   Recall
	Detached Detached
	// NotKept says that `memo keep` does not take the flag: it is about the answer
	// to one call.
	NotKept bool
}

// A Place says where in files a setting may stand. What decides how the
// command is started has none: if a file is damaged, the command must still be
// run as it always is.
type Place uint8

const (
	Nowhere  Place = iota
	TopLevel       // not in rules and scopes
	PerScope       // in scopes too, where it is about the results of the scope
	Anywhere
)

// A TrustRule says what a setting may do in a project file that is not
// trusted.
type TrustRule uint8

const (
	NeedsTrust TrustRule = iota
	Harmless             // it can only cause more runs
	Shortens             // a lifetime: no longer than without the file
	Below                // a dependency: below the file's directory
)

// A Part says whether a setting belongs to the command key.
type Part uint8

const (
	NoPart    Part = iota
	KeyPart        // it tells calls of the same command apart
	GroupPart      // it chooses the group, see [fingerprint.Key.Group]
)

// Recall says whether a call with a setting may leave a recall record. That is
// so for settings which only decide what result is fresh, which the record
// settles, or what happens at a miss.
type Recall uint8

const (
	NeverRecalled      Recall = iota
	Recalled                  // wherever it is set
	RecalledByVariable        // if it is set in the environment
)

// Detached says which detached processes that run the same command again get
// the flag of the call.
type Detached uint8

const (
	AnyRun  Detached = iota
	Answers          // those that also answer the call
	NoRun
)

// Variable returns the name of the setting's environment variable: that of the
// flag, if it has one.
func (s *Setting) Variable() string {
	name := s.Flag
	if name == "" {
		name = s.Name
	}
	return "MEMO_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// PassedTo reports whether a detached process gets the flag; answers says
// whether it is one that answers the call.
func (s *Setting) PassedTo(answers bool) bool {
	return s.Detached == AnyRun || s.Detached == Answers && answers
}

// IsBound reports whether the setting bounds the store, or in a scope its
// results.
func (s *Setting) IsBound() bool { return s.Place == PerScope }

// defaults are the texts if nothing is set.
func (s *Setting) defaults() []string {
	switch {
	case s.Default != nil || s.List:
		return s.Default
	case s.Kind == BoolKind:
		return []string{"false"}
	case s.Kind == NumberKind:
		return []string{"0"}
	case s.Kind == DurationKind:
		return []string{"0s"}
	}
	return nil
}

// A Table is all settings, in the order in which they are shown.
type Table []Setting

// AddFlags declares the flags of `memo run`. They are texts here; [Load] parses
// them together with what other sources say.
func (t Table) AddFlags(f *pflag.FlagSet) {
	f.SortFlags = false
	for i := range t {
		switch s := &t[i]; {
		case s.Flag == "" || s.Global:
		case s.Kind == BoolKind:
			f.BoolP(s.Flag, s.Short, false, s.Usage)
		case s.List:
			f.VarP(NewListFlag(nil, s.Placeholder), s.Flag, s.Short, s.Usage)
		default:
			f.VarP(NewTextFlag(nil, s.Placeholder), s.Flag, s.Short, s.Usage)
		}
	}
}

// ByFlag returns the setting of a flag, nil if there is none.
func (t Table) ByFlag(name string) *Setting {
	return t.find(func(s *Setting) bool { return s.Flag == name && name != "" })
}

// find returns the setting for which ok is true, or nil.
func (t Table) find(ok func(*Setting) bool) *Setting {
	if i := slices.IndexFunc(t, func(s Setting) bool { return ok(&s) }); i >= 0 {
		return &t[i]
	}
	return nil
}
