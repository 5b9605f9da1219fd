package config

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// TestBuiltIn holds the configuration that is not decoded to the defaults that
// are shown.
func TestBuiltIn(t *testing.T) {
	base, err := defaultLayer(settings())
	if err != nil {
		t.Fatal(err)
	}
	for i := range base {
		for j := range base[i].items {
			base[i].items[j].origin = "a file" // so that it is decoded
		}
	}
	decoded, err := decode(merge(base))
	if err != nil {
		t.Fatal(err)
	}
	decoded.values = nil
	if want := builtIn(); !reflect.DeepEqual(decoded, want) {
		t.Errorf("decoded %+v, built in %+v", decoded, want)
	}
}

// TestListsAreReplaced sees that nothing shines through of a built-in list.
func TestListsAreReplaced(t *testing.T) {
	for text, want := range map[string][]string{"[]": nil, "[A]": {"A"}, "[A, B, C, D, E, F]": {"A", "B", "C", "D", "E", "F"}} {
		b := newBench(t)
		b.write(filepath.Join(b.home, ".config", "memo", "config.yaml"), "key_env: "+text+"\n")
		cfg, err := Load(b.sources("", nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(cfg.KeyEnv, want) {
			t.Errorf("key_env: %s: got %q, want %q", text, cfg.KeyEnv, want)
		}
	}
}
