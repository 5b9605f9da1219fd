package fingerprint

import "testing"

// TestKindNames looks at every kind that a record may have.
func TestKindNames(t *testing.T) {
	names := map[string]Kind{}
	for k := KindPath; k <= KindEnv; k++ {
		name := k.String()
		if other, taken := names[name]; taken || name == "unknown" {
			t.Errorf("kind %d is named %q, as is kind %d", k, name, other)
		}
		names[name] = k
	}
	if got := Kind(200).String(); got != "unknown" {
		t.Errorf("kind 200 is named %q, want unknown", got)
	}
}
