package fingerprint

import (
	"reflect"
	"testing"
)

func TestKeyTellsApart(t *testing.T) {
	ids := map[string]Identity{
		"plain":          {Argv: []string{"a", "b"}},
		"joined":         {Argv: []string{"a b"}},
		"empty argument": {Argv: []string{"a", "b", ""}},
		"other scope":    {Argv: []string{"a", "b"}, Scope: "s"},
		"dir":            {Argv: []string{"a", "b"}, Dir: "/"},
		"any dir":        {Argv: []string{"a", "b"}, AnyDir: true},
		"unset":          {Argv: []string{"a", "b"}, Env: []EnvState{{Name: "X"}}},
		"empty":          {Argv: []string{"a", "b"}, Env: []EnvState{{Name: "X", Set: true}}},
		"pattern":        {Argv: []string{"a", "b"}, Patterns: []string{"X"}},
		"dependency":     {Argv: []string{"a", "b"}, Deps: []string{"X"}},
		"version":        {Argv: []string{"a", "b"}, VersionCmd: "X"},
		"stdin":          {Argv: []string{"a", "b"}, HasStdin: true},
		"shell":          {Argv: []string{"a", "b"}, Shell: true},
		"pty":            {Argv: []string{"a", "b"}, Pty: true},
		"no program":     {Argv: []string{"a", "b"}, NoProgram: true},
		"euid":           {Argv: []string{"a", "b"}, Euid: 1},
		"egid":           {Argv: []string{"a", "b"}, Egid: 1},
		"empty template": {Argv: []string{"a", "b"}, HasTemplate: true},
	}
	seen := map[Key]string{}
	for name, id := range ids {
		k := id.Key()
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[k] = name
		if back, err := ParseKey(k.String()); err != nil || back != k {
			t.Errorf("ParseKey(%q) = %v, %v", k.String(), back, err)
		}
		if k.Group() != id.Group() {
			t.Errorf("%s: group of the key %s, of the identity %s", name, k.Group(), id.Group())
		}
	}
	plain, pty := ids["plain"], ids["pty"]
	if plain.Group() != pty.Group() {
		t.Error("two keys of one command have different groups")
	}
}

func TestKeyTemplateReplacesArgv(t *testing.T) {
	a := Identity{Argv: []string{"a"}, Template: "x", HasTemplate: true}
	b := Identity{Argv: []string{"b"}, Template: "x", HasTemplate: true}
	if a.Key() != b.Key() {
		t.Error("one template for two commands has two keys")
	}
	if c := (Identity{Argv: []string{"a"}}); !a.Key().Templated() || c.Key().Templated() {
		t.Error("the key does not tell templates from argvs")
	}
}

func TestParseKeyErrors(t *testing.T) {
	k := (&Identity{}).Key()
	s := k.String()
	for _, bad := range []string{"", s[1:], s + "0", "x" + s[1:], "A" + s[1:]} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("ParseKey(%q) succeeded", bad)
		}
	}
}

// FuzzKey deals the bytes of the input out to the fields of two identities:
// keys are equal if and only if the identities are.
func FuzzKey(f *testing.F) {
	f.Add([]byte("\x00ab\x01c\x02d"), []byte("\x00a\x00bc\x02d"))
	f.Add([]byte{3, 4, 5}, []byte{3, 4})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, y := dealIdentity(a), dealIdentity(b)
		if same := reflect.DeepEqual(x, y); same != (x.Key() == y.Key()) {
			t.Errorf("%+v and %+v: same %v, keys %v and %v", x, y, same, x.Key(), y.Key())
		}
	})
}

// dealIdentity reads an identity: a byte below 16 begins a field, the others
// are its value.
func dealIdentity(in []byte) Identity {
	var id Identity
	for len(in) > 0 {
		field := in[0] % 16
		n := 1
		for n < len(in) && in[n] >= 16 {
			n++
		}
		value := string(in[1:n])
		in = in[n:]
		switch field {
		case 0, 1:
			id.Argv = append(id.Argv, value)
		case 2:
			id.Scope = value
		case 3:
			id.Dir = value
		case 4:
			id.AnyDir = true
		case 5:
			id.Patterns = append(id.Patterns, value)
		case 6:
			id.Env = append(id.Env, EnvState{Name: value})
		case 7:
			id.Env = append(id.Env, EnvState{Name: value, Set: true})
		case 8:
			id.Deps = append(id.Deps, value)
		case 9:
			id.VersionCmd = value
		case 10:
			id.Euid = len(value)
		case 11:
			id.Egid = len(value)
		case 12:
			id.HasStdin = true
		case 13:
			id.Shell = true
		case 14:
			id.Pty = true
		case 15:
			id.NoProgram = true
		}
	}
	return id
}
