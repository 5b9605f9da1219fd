package config

// A Shown is one effective setting, as `memo config show` prints it.
type Shown struct {
	Key     string   `json:"key"`
	Value   any      `json:"value"` // text, true or false, a number, or a list of texts
	Origins []string `json:"origins"`
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
	s := Shown{Key: key, Origins: []string{}}
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
