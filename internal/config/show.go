package config

import "slices"

// A Shown is one effective setting, as `memo config show` prints it.
type Shown struct {
	Key     string   `json:"key"`
	Value   any      `json:"value"` // text, true or false, a number, or a list of texts
	Origins []string `json:"origins"`
	// BuiltIn says that no source sets the setting.
	BuiltIn bool `json:"-"`
	// Idle says that the setting applies to one call and that no source sets
	// it.
	Idle bool `json:"-"`
}

// Show returns the settings that have a value, in the order of the table, and
// then the bounds of scopes.
func (c *Config) Show() []Shown {
	shown := []Shown{}
	for _, set := range c.table {
		v, ok := c.values[set.Name]
		if !ok {
			continue
		}
		shown = append(shown, v.show(set.Name))
	}
	for _, scope := range c.Scopes {
		for _, v := range scope.values {
			shown = append(shown, v.show("scopes."+scope.Name+"."+v.setting.Name))
		}
	}
	return shown
}

func (v *value) show(key string) Shown {
	s := Shown{Key: key, Origins: []string{}, BuiltIn: v.isBuiltIn()}
	s.Idle = s.BuiltIn && v.setting.Place == Nowhere
	for _, it := range v.items {
		s.Origins = append(s.Origins, it.origin)
	}
	switch kind := v.setting.Kind; {
	case v.setting.List:
		s.Value = v.typed()
	case kind == BoolKind, kind == CountKind, kind == NumberKind:
		s.Value = v.items[0].typed
	default:
		s.Value = v.items[0].text
	}
	return s
}

// Elsewhere holds the number of rules in the files and the names of the scopes.
type Elsewhere struct {
	Rules  int
	Scopes []string
}

func elsewhere(files ...*file) Elsewhere {
	var e Elsewhere
	for _, f := range files {
		if f == nil {
			continue
		}
		e.Rules += len(f.rules)
		for _, s := range f.scopes {
			if !slices.Contains(e.Scopes, s.name) {
				e.Scopes = append(e.Scopes, s.name)
			}
		}
	}
	return e
}
