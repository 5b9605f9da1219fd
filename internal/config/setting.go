package config

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// A Setting describes one setting. It stands once, in the table of [Settings].
// Its flag, its variable, its key in files and its handling all follow from the
// table.
type Setting struct {
	Name string // the key in files and in `memo config show`
	Flag string // the flag of `memo run`; empty if there is none
	// Global says that all commands have the flag. Package cmd declares it.
	Global bool
	Short  string // the letter of the flag
	// Placeholder names the flag's text in help. The completions depend on it.
	Placeholder string
	Usage       string

	Kind Kind
	// List says that the value is a list of texts. The lists of all sources are
	// concatenated, unless Replaces says that the list of the strongest source
	// replaces the others.
	List, Replaces bool
	// Default are the texts if no source sets any. If it is empty, the default
	// is the zero value of a kind that has one, or else no value.
	Default []string
	// Field returns a pointer to the field that receives the value.
	Field func(*Config) any

	Place    Place
	Trust    TrustRule
	Part     Part
	Recall   Recall
	Detached Detached
	// NotKept says that `memo keep` does not take the flag, because the flag
	// concerns the answer to one call.
	NotKept bool
}

// A Place says where a setting may stand in files. A setting that decides how
// the command starts may stand nowhere: the command must start in the same way
// even if a file is damaged.
type Place uint8

const (
	Nowhere  Place = iota
	TopLevel       // not in rules and scopes
	PerScope       // in scopes too, where it concerns the results of the scope
	Anywhere
)

// A TrustRule says how far a setting is allowed in an untrusted project file.
type TrustRule uint8

const (
	NeedsTrust TrustRule = iota
	Harmless             // it can only cause more runs
	Shortens             // a lifetime, which must not be longer than without the file
	Below                // a dependency, which must be below the file's directory
)

// A Part says whether a setting belongs to the command key.
type Part uint8

const (
	NoPart    Part = iota
	KeyPart        // it distinguishes calls of the same command
	GroupPart      // it determines the group; see [fingerprint.Key.Group]
)

// Recall says whether a call with a setting may leave a recall record. It may
// if the setting decides only whether a result is fresh, which the record
// settles, or what happens on a miss.
type Recall uint8

const (
	NeverRecalled      Recall = iota
	Recalled                  // whatever its origin
	RecalledByVariable        // only if it is set in the environment
)

// Detached says which detached runs of the same command get the flag of the
// call.
type Detached uint8

const (
	AnyRun  Detached = iota
	Answers          // runs that also answer the call
	NoRun
)

// Variable returns the name of the setting's environment variable. It is made
// from the flag, or from the key in files if there is no flag.
func (s *Setting) Variable() string {
	name := s.Flag
	if name == "" {
		name = s.Name
	}
	return "MEMO_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// PassedTo reports whether a detached run gets the flag. answers says whether
// the run answers the call.
func (s *Setting) PassedTo(answers bool) bool {
	return s.Detached == AnyRun || s.Detached == Answers && answers
}

// IsBound reports whether the setting bounds the store, or the results of a
// scope.
func (s *Setting) IsBound() bool { return s.Place == PerScope }

// defaults returns the texts that apply if no source sets any.
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

// A Table holds all settings, in the order in which they are shown.
type Table []Setting

// AddFlags declares the flags of `memo run`. Their values are texts, which
// [Load] parses together with those of other sources.
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

// ByFlag returns the setting of a flag, or nil if there is none.
func (t Table) ByFlag(name string) *Setting {
	return t.find(func(s *Setting) bool { return s.Flag == name && name != "" })
}

// ByKey returns the setting of a key in files, or nil if there is none.
func (t Table) ByKey(name string) *Setting {
	return t.find(func(s *Setting) bool { return s.Name == name })
}

// find returns the setting for which ok is true, or nil.
func (t Table) find(ok func(*Setting) bool) *Setting {
	if i := slices.IndexFunc(t, func(s Setting) bool { return ok(&s) }); i >= 0 {
		return &t[i]
	}
	return nil
}
