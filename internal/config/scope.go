package config

import (
	"cmp"
	"slices"

	"github.com/seed-f39940ff/memo/store"
)

// A ScopeBound holds the bounds for the results of one scope, in addition to
// those of the whole store. Only files can set it.
type ScopeBound struct {
	Name   string
	Bounds store.Bounds
	values []value // one for each setting
}

// isBound reports whether a value bounds the store, or the results of a scope.
func isBound(v value) bool { return v.setting.IsBound() }

// scopeBounds returns the bounds of all scopes that have some, in the order in
// which the files name them. Later values take precedence. The default eviction
// policy is policy, that of the store.
func scopeBounds(policy string, files ...*file) []ScopeBound {
	var list []ScopeBound
	for _, f := range files {
		if f == nil {
			continue
		}
		for _, s := range f.scopes {
			i := slices.IndexFunc(list, func(b ScopeBound) bool { return b.Name == s.name })
			if i < 0 {
				list = append(list, ScopeBound{Name: s.name})
				i = len(list) - 1
			}
			for _, v := range s.values {
				if isBound(v) {
					list[i].set(v)
				}
			}
		}
	}
	list = slices.DeleteFunc(list, func(b ScopeBound) bool { return b.Bounds.MaxSize == 0 && b.Bounds.MaxResults == 0 })
	for i := range list {
		list[i].Bounds.Policy = cmp.Or(list[i].Bounds.Policy, policy)
	}
	return list
}

// set adds a value of a file, in place of an earlier value of the same setting.
func (b *ScopeBound) set(v value) {
	c := Config{Bounds: b.Bounds}
	v.assign(&c)
	b.Bounds = c.Bounds
	b.values = slices.DeleteFunc(b.values, func(old value) bool { return old.setting == v.setting })
	b.values = append(b.values, v)
}

// BoundsOf returns the bounds of a scope; ok is false if it has none.
func (c *Config) BoundsOf(scope string) (b store.Bounds, ok bool) {
	if i := slices.IndexFunc(c.Scopes, func(b ScopeBound) bool { return b.Name == scope }); i >= 0 {
		return c.Scopes[i].Bounds, true
	}
	return b, false
}
