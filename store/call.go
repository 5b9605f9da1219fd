package store

import "slices"

// A Call is a command line in a scope and a directory. It ignores all other
// declarations.
type Call struct {
	Scope string   `cbor:"1,keyasint,omitempty"`
	Argv  []string `cbor:"2,keyasint"`
	Dir   string   `cbor:"3,keyasint,omitempty"`
}

// matches reports whether c recorded r under a key template. It compares the
// argv of the run that produced r; other argvs may share the key.
func (c *Call) matches(r *Result) bool {
	return r.Template && r.Scope == c.Scope && (r.AnyDir || r.Dir == c.Dir) && slices.Equal(r.Argv, c.Argv)
}

// Templated returns the results that a call recorded under key templates,
// newest first. It opens every result recorded under a template.
func (s *Store) Templated(c Call) ([]Ref, error) {
	var refs []Ref
	var failed error
	for ref, err := range s.All() {
		if err != nil {
			failed = err
			continue
		}
		if !ref.Key.Templated() {
			continue
		}
		r, err := s.Open(ref)
		if err != nil {
			continue // damaged or gone
		}
		if c.matches(r.Result) {
			refs = append(refs, ref)
		}
		r.Close()
	}
	slices.SortFunc(refs, Ref.CompareAge)
	return refs, failed
}
