package config

import (
	"reflect"
	"slices"
)

// A value is the value of a setting in one source, or in all sources together.
type value struct {
	setting *Setting
	items   []item // one, unless it is a list
	line    int    // the line in a file
}

// An item is one text, its typed value, and its origin.
type item struct {
	text   string
	typed  any
	origin string
	line   int // the line in a file
}

// newValue parses the texts of a value.
func newValue(s *Setting, origin string, texts ...string) (value, error) {
	v := value{setting: s}
	for _, text := range texts {
		typed, err := s.Kind.parse(text)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item{text: text, typed: typed, origin: origin})
	}
	return v, nil
}

// isBuiltIn reports whether no source sets the setting.
func (v *value) isBuiltIn() bool {
	if len(v.items) == 0 {
		return v.setting.Default == nil
	}
	return !slices.ContainsFunc(v.items, func(it item) bool { return it.origin != originDefault })
}

// isDefault reports whether the value equals the default, whatever its origin.
func (v *value) isDefault() bool {
	return slices.EqualFunc(v.items, v.setting.defaults(), func(it item, text string) bool { return it.text == text })
}

// typed returns the value in the type of its field.
func (v *value) typed() any {
	if !v.setting.List {
		return v.items[0].typed
	}
	texts := make([]string, len(v.items))
	for i := range v.items {
		texts[i] = v.items[i].text
	}
	return texts
}

// assign stores the value in its field.
func (v *value) assign(c *Config) {
	reflect.ValueOf(v.setting.Field(c)).Elem().Set(reflect.ValueOf(v.typed()))
}
