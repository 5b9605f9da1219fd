package config

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A decoder reads one configuration file strictly: anything unknown or invalid
// is an error that names the line.
type decoder struct {
	settings Table
	what     string // the kind of file, for origins
	path     string
	values   int // the number of values read so far
}

// maxValues bounds the values of one file. Through aliases even a small file
// can have any number of values.
const maxValues = 20_000

// parseFile parses a configuration file. Every error is a [SourceError].
func parseFile(all Table, what, path string, content []byte) (*file, error) {
	d := &decoder{settings: all, what: what, path: path}
	f := &file{path: path, content: content}
	root, err := d.document(content)
	if err != nil || root == nil {
		return f, err
	}
	extra := map[string]func(*yaml.Node) error{
		"rules":  func(n *yaml.Node) error { return d.each(n, func(n *yaml.Node) error { return d.rule(f, n) }) },
		"scopes": func(n *yaml.Node) error { return d.each(n, func(n *yaml.Node) error { return d.scope(f, n) }) },
	}
	f.top, err = d.mapping(root, TopLevel, extra)
	return f, err
}

// document returns the top-level node, or nil if the file has only comments.
func (d *decoder) document(content []byte) (*yaml.Node, error) {
	doc, more, err := documents(content)
	switch {
	case err != nil:
		return nil, d.syntaxError(content, err)
	case doc == nil:
		return nil, nil
	case more != nil:
		return nil, d.errorf(more, "a second document; write all settings into one")
	}
	root := resolve(doc.Content[0])
	if root.Tag == "!!null" {
		return nil, nil
	}
	return root, nil
}

func (d *decoder) errorf(n *yaml.Node, format string, args ...any) error {
	return &SourceError{Source: d.path + ":" + strconv.Itoa(n.Line), Err: fmt.Errorf(format, args...)}
}

// resolve returns the node that an alias refers to, or n if it is no alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// mapping reads keys and values: the settings that may stand in a place, and
// extra keys.
func (d *decoder) mapping(n *yaml.Node, where Place, extra map[string]func(*yaml.Node) error) (layer, error) {
	if n.Kind != yaml.MappingNode {
		return nil, d.errorf(n, "want keys and values, such as ttl: 10m")
	}
	var l layer
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, val := n.Content[i], resolve(n.Content[i+1])
		key := name.Value
		if first, ok := seen[key]; ok {
			return nil, d.errorf(name, "duplicate key %q, first in line %d", key, first)
		}
		seen[key] = name.Line
		if read := extra[key]; read != nil {
			if err := read(val); err != nil {
				return nil, err
			}
			continue
		}
		set := d.settings.find(func(s *Setting) bool { return s.Name == key && s.Place >= where })
		if set == nil || name.Kind != yaml.ScalarNode {
			return nil, d.unknownKey(name, where, extra)
		}
		v, err := d.value(set, val, name)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	return l, nil
}

// unknownKey returns the error for a key that may not stand in a place.
func (d *decoder) unknownKey(name *yaml.Node, where Place, extra map[string]func(*yaml.Node) error) error {
	known := slices.Collect(maps.Keys(extra))
	for i := range d.settings {
		if d.settings[i].Place >= where {
			known = append(known, d.settings[i].Name)
		}
	}
	hint := ""
	if near := Nearest(name.Value, known); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return d.errorf(name, "unknown key %q%s", name.Value, hint)
}

// value reads the value of a setting.
func (d *decoder) value(set *Setting, n, name *yaml.Node) (value, error) {
	v := value{setting: set, line: name.Line}
	if !set.List {
		text, err := d.scalarOf(set, n, name)
		if err != nil {
			return v, err
		}
		it, err := d.item(set, n, name, text)
		v.items = []item{it}
		return v, err
	}
	if n.Kind != yaml.SequenceNode {
		return v, d.errorf(name, "%s: want a list, such as [a, b]", set.Name)
	}
	for _, n := range n.Content {
		text, err := d.text(set, resolve(n), n)
		if err != nil {
			return v, err
		}
		it, err := d.item(set, n, name, text)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, it)
	}
	return v, nil
}

// scalarOf returns the text of a single value. Exit codes may also be a list.
func (d *decoder) scalarOf(set *Setting, n, name *yaml.Node) (string, error) {
	if set.Kind != CodesKind || n.Kind != yaml.SequenceNode {
		return d.text(set, n, name)
	}
	var codes []string
	for _, n := range n.Content {
		code, err := d.text(set, resolve(n), n)
		if err != nil {
			return "", err
		}
		codes = append(codes, code)
	}
	return strings.Join(codes, ","), nil
}

// text returns the text of a scalar of the right type. An error names the line
// of at.
func (d *decoder) text(set *Setting, n, at *yaml.Node) (string, error) {
	want, ok := "text", false
	switch set.Kind {
	case BoolKind:
		want, ok = "true or false", n.Tag == "!!bool"
	case CountKind, NumberKind:
		want, ok = "a whole number", n.Tag == "!!int"
	case ExpiryKind:
		want, ok = "a lifetime such as 10m", isText(n) || n.Tag == "!!timestamp"
	case DurationKind:
		want, ok = "a duration such as 10m", isText(n)
	case SizeKind:
		want, ok = "a size such as 8MiB", isText(n)
	case CodesKind:
		want, ok = "exit codes such as [0, 1]", isText(n)
	default:
		ok = isText(n)
	}
	if n.Kind != yaml.ScalarNode || !ok {
		return "", d.errorf(at, "%s: want %s", set.Name, want)
	}
	return n.Value, nil
}

// isText reports whether a scalar is a text or a number. A number counts as a
// text without quotes.
func isText(n *yaml.Node) bool {
	return n.Tag == "!!str" || n.Tag == "!!int" || n.Tag == "!!float"
}

// item parses one text.
func (d *decoder) item(set *Setting, n, name *yaml.Node, text string) (item, error) {
	if d.values++; d.values > maxValues {
		return item{}, d.errorf(name, "more than %d values", maxValues)
	}
	typed, err := set.Kind.parse(text)
	if err != nil {
		return item{}, d.errorf(n, "%s: %w", name.Value, err)
	}
	origin := fmt.Sprintf("%s %s:%d", d.what, d.path, n.Line)
	return item{text: text, typed: typed, origin: origin, line: n.Line}, nil
}

// each reads the elements of a list.
func (d *decoder) each(n *yaml.Node, read func(*yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode {
		return d.errorf(n, "want a list; begin each element with a dash")
	}
	for _, element := range n.Content {
		if err := read(resolve(element)); err != nil {
			return err
		}
	}
	return nil
}

// rule reads one element of rules.
func (d *decoder) rule(f *file, n *yaml.Node) error {
	var r rule
	var err error
	r.values, err = d.mapping(n, Anywhere, map[string]func(*yaml.Node) error{
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
	switch {
	case err != nil:
		err = within(err, "rule", n, "match")
	case len(r.words) == 0:
		err = d.errorf(n, `a rule needs match, such as match: "kubectl get *"`)
	}
	f.rules = append(f.rules, r)
	return err
}

// scope reads one element of scopes.
func (d *decoder) scope(f *file, n *yaml.Node) error {
	var s scope
	var err error
	s.values, err = d.mapping(n, PerScope, map[string]func(*yaml.Node) error{
		"name": func(n *yaml.Node) error {
			if n.Kind != yaml.ScalarNode || !isText(n) || CheckName(n.Value) != nil {
				return d.errorf(n, "name: want text")
			}
			s.name, s.line = n.Value, n.Line
			return nil
		},
	})
	first := slices.IndexFunc(f.scopes, func(o scope) bool { return o.name == s.name })
	switch {
	case err != nil:
		err = within(err, "scope", n, "name")
	case s.name == "":
		err = d.errorf(n, "a scope needs a name")
	case first >= 0:
		err = d.errorf(&yaml.Node{Line: s.line}, "duplicate scope %q, first in line %d", s.name, f.scopes[first].line)
	case slices.ContainsFunc(s.values, func(v value) bool { return v.setting.Name == "scope" }):
		err = d.errorf(n, "a scope can't set scope")
	}
	f.scopes = append(f.scopes, s)
	return err
}

// within adds to an error which element of a list it is about: what, and the
// name under key if the element has one.
func within(err error, what string, n *yaml.Node, key string) error {
	bad, ok := errors.AsType[*SourceError](err)
	if !ok {
		return err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if name := resolve(n.Content[i+1]); n.Content[i].Value == key && name.Kind == yaml.ScalarNode {
			what += fmt.Sprintf(" %q", name.Value)
			break
		}
	}
	return &SourceError{bad.Source, fmt.Errorf("%s: %w", what, bad.Err)}
}
