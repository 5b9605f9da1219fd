package config

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// each reads the elements of a list.
func (d *decoder) each(n *yaml.Node, read func(*yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode {
		return d.errorf(n, "want a list; begin each element with a dash")
	}
	for _, element := range n.Content {
		if len(d.wrong) >= mostMistakes {
			break
		}
		d.note(read(resolve(element)))
	}
	return nil
}

// rule reads one element of rules.
func (d *decoder) rule(f *file, n *yaml.Node) error {
	var r rule
	before := len(d.wrong)
	r.values = d.mapping(n, Anywhere, map[string]func(*yaml.Node) error{
		"match": func(n *yaml.Node) error {
			if n.Kind != yaml.ScalarNode || !isText(n) {
				return d.errorf(n, `match: want text such as "kubectl get *"`)
			}
			r.words = strings.Fields(n.Value)
			for _, word := range r.words {
				if _, err := path.Match(word, ""); err != nil {
					return d.errorf(n, "match: bad glob %q", word)
				}
			}
			return nil
		},
	})
	f.rules = append(f.rules, r)
	if len(d.wrong) > before {
		d.within(before, "rule", n, "match")
		return nil
	}
	if len(r.words) == 0 {
		return d.errorf(n, `a rule needs match, such as match: "kubectl get *"`)
	}
	return nil
}

// scope reads one element of scopes.
func (d *decoder) scope(f *file, n *yaml.Node) error {
	var s scope
	before := len(d.wrong)
	s.values = d.mapping(n, PerScope, map[string]func(*yaml.Node) error{
		"name": func(n *yaml.Node) error {
			if n.Kind != yaml.ScalarNode || !isText(n) || CheckName(n.Value) != nil {
				return d.errorf(n, "name: want text")
			}
			s.name, s.line = n.Value, n.Line
			return nil
		},
	})
	first := slices.IndexFunc(f.scopes, func(o scope) bool { return o.name == s.name })
	f.scopes = append(f.scopes, s)
	switch {
	case len(d.wrong) > before:
		d.within(before, "scope", n, "name")
	case s.name == "":
		return d.errorf(n, "a scope needs a name")
	case first >= 0:
		return d.errorf(&yaml.Node{Line: s.line}, "duplicate scope %q, first in line %d", s.name, f.scopes[first].line)
	case slices.ContainsFunc(s.values, func(v value) bool { return v.setting.Name == "scope" }):
		return d.errorf(n, "a scope can't set scope")
	}
	return nil
}

// within adds to the errors from an index on which element of a list they are
// about: what, and the name under key if the element has one.
func (d *decoder) within(from int, what string, n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if name := resolve(n.Content[i+1]); n.Content[i].Value == key && name.Kind == yaml.ScalarNode {
			what += fmt.Sprintf(" %q", name.Value)
			break
		}
	}
	for i, err := range d.wrong[from:] {
		if bad, ok := errors.AsType[*SourceError](err); ok {
			d.wrong[from+i] = &SourceError{bad.Source, fmt.Errorf("%s: %w", what, bad.Err)}
		}
	}
}
