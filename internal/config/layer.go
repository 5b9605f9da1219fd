package config

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A layer holds the values of one source, or of a part of a file.
type layer []value

const (
	originDefault = "default"
	originFlag    = "--"
)

// isFlagOrigin reports whether an origin is a flag.
func isFlagOrigin(origin string) bool { return strings.HasPrefix(origin, originFlag) }

// defaultLayer returns the defaults.
func (t Table) defaultLayer() (layer, error) {
	var l layer
	for i := range t {
		set := &t[i]
		texts := set.defaults()
		if texts == nil && !set.List {
			continue
		}
		v, err := newValue(set, originDefault, texts...)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	return l, nil
}

// flagLayer returns the values of the flags that are given.
func (t Table) flagLayer(flags *pflag.FlagSet, w *fingerprint.World) (layer, error) {
	if flags == nil {
		return nil, nil
	}
	var l layer
	for i := range t {
		set := &t[i]
		f := flags.Lookup(set.Flag)
		if f == nil || !f.Changed {
			continue
		}
		texts := FlagTexts(f)
		if set.Kind == DepKind {
			texts = LiteralDeps(w, texts)
		}
		v, err := newValue(set, originFlag+f.Name, texts...)
		if err != nil {
			return nil, blame(originFlag+f.Name, err)
		}
		l = append(l, v)
	}
	return l, nil
}

// LiteralDeps returns arguments of --dep in which patterns that can only be
// names are escaped; see [fingerprint.Literal].
func LiteralDeps(w *fingerprint.World, args []string) []string {
	deps := make([]string, len(args))
	for i, arg := range args {
		deps[i] = fingerprint.Literal(w, arg)
	}
	return deps
}

// environLayer returns the values of the environment. An empty variable counts
// as unset. The layer holds all valid variables, and the error all invalid
// ones.
func (t Table) environLayer(w *fingerprint.World) (layer, error) {
	var l layer
	var wrong mistakes
	// MatchEnv makes every name with the prefix part of the recall record, so
	// that a variable that is set later is noticed.
	for _, name := range w.MatchEnv("MEMO_*") {
		set := t.find(func(s *Setting) bool { return s.Variable() == name })
		if set == nil {
			continue
		}
		text, _ := w.LookupEnv(name)
		if text == "" {
			continue
		}
		texts := []string{text}
		if set.List {
			texts = splitList(text)
		}
		if set.Kind == DepKind {
			texts = LiteralDeps(w, texts)
		}
		v, err := newValue(set, name, texts...)
		if err != nil {
			wrong = append(wrong, &SourceError{Source: name, Err: err})
			continue
		}
		l = append(l, v)
	}
	return l, wrong.orNil()
}

// expandHome expands the home directory in the paths of a layer.
func (l layer) expandHome(src *Sources) error {
	for _, v := range l {
		for i := range v.items {
			if err := expandHome(src, v.setting, &v.items[i]); err != nil {
				return blame(v.items[i].origin, err)
			}
		}
	}
	return nil
}
