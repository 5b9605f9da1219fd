package cpuid

import (
	"os"
	"regexp"
	"runtime"
	"testing"
)

// TestHas compares with what the kernel says.
func TestHas(t *testing.T) {
	x86 := runtime.GOARCH == "amd64" || runtime.GOARCH == "386"
	for _, id := range []FeatureID{SSE4, AVX2} {
		if !x86 && CPU.Has(id) {
			t.Errorf("Has(%d) on %s", id, runtime.GOARCH)
		}
	}
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || !x86 {
		return
	}
	flags := string(regexp.MustCompile(`(?m)^flags\s*:.*$`).Find(text))
	for id, flag := range map[FeatureID]string{SSE4: "sse4_1", AVX2: "avx2"} {
		want := regexp.MustCompile(`\b` + flag + `\b`).MatchString(flags)
		if got := CPU.Has(id); got != want {
			t.Errorf("Has(%s) = %t, want %t", flag, got, want)
		}
	}
}
