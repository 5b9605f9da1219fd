package cmd

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
)

// TestEveryFieldOfTheKeyIsExplained changes each field of an identity: the key
// becomes another one, and memo explain shows a difference.
func TestEveryFieldOfTheKeyIsExplained(t *testing.T) {
	identity := func(templated bool) *fingerprint.Identity {
		id := &fingerprint.Identity{
			Scope: "s", Argv: []string{"a", "b"}, Dir: "/d", DirName: "/n",
			Patterns: []string{"P"}, Env: []fingerprint.EnvState{{Name: "P", Set: true, Digest: fingerprint.Digest{1}}},
			HasStdin: true, Stdin: fingerprint.Digest{2}, Deps: []string{"f"}, VersionCmd: "v",
		}
		if templated {
			id.HasTemplate, id.Template = true, "t"
		}
		return id
	}
	shown := func(id *fingerprint.Identity) string {
		x := memo.Explanation{Inputs: memo.InputsOf(id, nil)}
		text, err := json.Marshal(inputRows(&x, &memo.Command{}))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	fields := reflect.TypeFor[fingerprint.Identity]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		before, after := identity(name == "Template"), identity(name == "Template")
		alterField(t, reflect.ValueOf(after).Elem().Field(i))
		if before.Key() == after.Key() {
			t.Errorf("%s: the key does not depend on it", name)
		}
		if shown(before) == shown(after) {
			t.Errorf("%s: a difference is not shown in %s", name, shown(after))
		}
	}
}

// alterField gives a field another value.
func alterField(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Array:
		v.Index(0).SetUint(v.Index(0).Uint() + 1)
	case reflect.Slice:
		last := reflect.New(v.Type().Elem()).Elem()
		if last.Kind() == reflect.String {
			last.SetString("another")
		} else {
			last.FieldByName("Name").SetString("ANOTHER")
		}
		v.Set(reflect.Append(v, last))
	default:
		t.Fatalf("a field of kind %v: this test can't alter it", v.Kind())
	}
}
