package store

import (
	"slices"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func TestRefName(t *testing.T) {
	for _, ref := range []Ref{
		{Key: testKey(0xab), Created: 1_700_000_000_000_000_000, ID: 7},
		{Created: -1, ID: 1<<64 - 1},
	} {
		got, err := parseRef(ref.Name())
		if err != nil || got != ref || len(ref.Name()) != nameSize {
			t.Errorf("parseRef(%q): got %v, %v, want %v", ref.Name(), got, err, ref)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	f.Add(Ref{Key: testKey(0xab), Created: 5, ID: 7}.Name())
	f.Add("-")
	f.Fuzz(func(t *testing.T, name string) {
		if ref, err := parseRef(name); err == nil && ref.Name() != name {
			t.Errorf("%q was read as %q", name, ref.Name())
		}
	})
}

func TestVariantsGroupResolve(t *testing.T) {
	s := openTest(t)
	k1, k2, k3 := testKey(0x11), testKey(0x11), testKey(0x12)
	k2[31] = 0x99 // same group as k1
	old := put(t, s, k1, testResult(100), "old")
	young := put(t, s, k1, testResult(200), "young")
	other := put(t, s, k2, testResult(150), "other")
	far := put(t, s, k3, testResult(150), "far")

	got, err := s.Variants(k1)
	if want := []Ref{young, old}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Variants: got %v, %v, want %v", got, err, want)
	}
	got, err = s.Group(k1.Group())
	if want := []Ref{young, other, old}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Group: got %v, %v, want %v", got, err, want)
	}
	keys, err := s.Resolve("1111")
	if want := []fingerprint.Key{k1, k2}; err != nil || !slices.Equal(keys, want) {
		t.Errorf("Resolve: got %v, %v, want %v", keys, err, want)
	}
	for _, bad := range []string{"", "111", "ABCD", "../.", k1.String() + "0"} {
		if _, err := s.Resolve(bad); err == nil {
			t.Errorf("Resolve(%q) succeeded", bad)
		}
	}
	var all []Ref
	for ref, err := range s.All() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ref)
	}
	if len(all) != 4 || !slices.Contains(all, far) {
		t.Errorf("All: got %d results", len(all))
	}
	for range s.All() {
		break // stopping early must not panic
	}
	must(t, s.Remove(old))
	must(t, s.Remove(old))
	if got, _ := s.Variants(k1); len(got) != 1 {
		t.Errorf("after Remove: got %d variants, want 1", len(got))
	}
}
