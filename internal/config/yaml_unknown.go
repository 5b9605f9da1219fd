package config

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// unknownKey returns the error for a key that may not stand in a place.
func (d *decoder) unknownKey(name *yaml.Node, where Place, extra map[string]func(*yaml.Node) error) error {
	if hint := d.misplaced(name.Value, where); hint != "" {
		return d.errorf(name, "unknown key %q; %s", name.Value, hint)
	}
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

// misplaced returns where a key belongs that is valid elsewhere, or "".
func (d *decoder) misplaced(key string, where Place) string {
	set := d.settings.ByKey(key)
	switch {
	case set != nil && set.Place == Nowhere:
		return "it is for one call: a flag or " + set.Variable()
	case set != nil && set.Place == TopLevel:
		return "it belongs to the top level"
	case set != nil:
		return "it belongs to the top level or to scopes"
	case where == Anywhere && slices.Contains([]string{"command", "cmd", "commands", "pattern", "argv", "name", "glob", "when", "if"}, key):
		return `a rule names its commands by match, such as match: "kubectl get *"`
	case where != Anywhere && key == "match":
		return "it belongs to an element of rules"
	case where == TopLevel && key == "name":
		return "it belongs to an element of scopes"
	}
	return ""
}
