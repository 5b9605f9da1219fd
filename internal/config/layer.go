package config

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
)

const (
	originDefault = "default"
	originFlag    = "--"
)

// isFlagOrigin reports whether an origin is a flag.
func isFlagOrigin(origin string) bool { return strings.HasPrefix(origin, originFlag) }

// defaultLayer returns the defaults.
func defaultLayer(all []setting) (layer, error) {
	var l layer
	for i := range all {
		set := &all[i]
		if set.byDefault == nil && !set.list {
			continue
		}
		v, err := newValue(set, originDefault, set.byDefault...)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	return l, nil
}

// flagLayer returns what the flags say that were given.
func flagLayer(all []setting, flags *pflag.FlagSet, w *fingerprint.World) (layer, error) {
	if flags == nil {
		return nil, nil
	}
	var l layer
	for i := range all {
		set := &all[i]
		f := flags.Lookup(set.flag)
		if f == nil || !f.Changed {
			continue
		}
		texts := FlagTexts(f)
		if set.kind == DepKind {
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

// LiteralDeps returns arguments of --dep with what can only be a name as one;
// see [fingerprint.Literal].
func LiteralDeps(w *fingerprint.World, args []string) []string {
	deps := make([]string, len(args))
	for i, arg := range args {
		deps[i] = fingerprint.Literal(w, arg)
	}
	return deps
}

// environLayer returns what the environment says. An empty variable counts as
// unset. The error is about the first variable that is wrong, and the layer
// has the others.
func environLayer(all []setting, w *fingerprint.World) (layer, error) {
	var l layer
	var first error
	// One look at all names, so that a variable that is set later is noticed.
	for _, name := range w.MatchEnv("MEMO_*") {
		set := find(all, func(s *setting) bool { return s.variable() == name })
		if set == nil {
			continue
		}
		text, _ := w.LookupEnv(name)
		if text == "" {
			continue
		}
		texts := []string{text}
		if set.list {
			texts = splitList(text)
		}
		if set.kind == DepKind {
			texts = LiteralDeps(w, texts)
		}
		v, err := newValue(set, name, texts...)
		if err != nil {
			if first == nil {
				first = &SourceError{Source: name, Err: err}
			}
			continue
		}
		l = append(l, v)
	}
	return l, first
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
