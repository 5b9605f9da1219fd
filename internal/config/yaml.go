package config

import (
	"fmt"
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
	// wrong are the mistakes so far. The decoder goes on after a mistake.
	wrong mistakes
}

// mostMistakes is how many mistakes the decoder collects before it stops.
// Through aliases even a small file can have any number of mistakes.
const mostMistakes = 100

// maxValues bounds the values of one file. Through aliases even a small file
// can have any number of values.
const maxValues = 20_000

// parseFile parses a configuration file. The error holds all mistakes, and each
// mistake is a [SourceError].
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
	f.top = d.mapping(root, TopLevel, extra)
	return f, d.wrong.orNil()
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

// note records an error unless it is nil.
func (d *decoder) note(err error) {
	if err != nil {
		d.wrong = append(d.wrong, err)
	}
}

// mapping reads keys and values: the settings that may stand in a place, and
// extra keys.
func (d *decoder) mapping(n *yaml.Node, where Place, extra map[string]func(*yaml.Node) error) layer {
	if n.Kind != yaml.MappingNode {
		d.note(d.errorf(n, "want keys and values, such as ttl: 10m"))
		return nil
	}
	var l layer
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content) && len(d.wrong) < mostMistakes; i += 2 {
		name, val := n.Content[i], resolve(n.Content[i+1])
		key := name.Value
		if first, ok := seen[key]; ok {
			d.note(d.errorf(name, "duplicate key %q, first in line %d", key, first))
			continue
		}
		seen[key] = name.Line
		if read := extra[key]; read != nil {
			d.note(read(val))
			continue
		}
		set := d.settings.find(func(s *Setting) bool { return s.Name == key && s.Place >= where })
		if set == nil || name.Kind != yaml.ScalarNode {
			d.note(d.unknownKey(name, where, extra))
			continue
		}
		v, err := d.value(set, val, name)
		if err != nil {
			d.note(err)
			continue
		}
		l = append(l, v)
	}
	return l
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
