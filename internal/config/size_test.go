package config

import (
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1B": 1, "1000 B": 1000, "500k": 500_000, "500kB": 500_000, "8MiB": 8 << 20, "8 MiB": 8 << 20,
		"1GiB": 1 << 30, "1.5GiB": 3 << 29, "2gib": 2 << 30, "9223372036854775807B": 1<<63 - 1,
		"1Ki": 1 << 10, "8Mi": 8 << 20, "1k ": 1000, " 1k": 1000, "1  GiB": 1 << 30, "10B": 10, "9007199254740993B": 1<<53 + 1, "8191PiB": 8191 << 50,
	} {
		if got, err := ParseSize(text); got != want || err != nil {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "lots", "MiB", "1 parsec", "1,5GiB", "16EiB", "9223372036854775808", "1e3", "1e3k", "٣k", "NaN", "inf", "1.5.5k", ".k", "+1", "0x10", "1 k B", "1.5", "1.5B",
		"inf k", "NaN k", "8192PiB", "9000PiB", "9223372036854775808B", "Ki", "1i", "k"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}

func TestParseSizeWithoutUnit(t *testing.T) {
	for text, want := range map[string]string{"10": "10MiB", "1.5": "1.5MiB", " 1000 ": "1000MiB", "9223372036854775808": "9223372036854775808MiB"} {
		if got, err := ParseSize(text); err == nil || !strings.Contains(err.Error(), "a number needs a unit; write for example "+want) {
			t.Errorf("ParseSize(%q) = %d, %v, want a hint at %s", text, got, err, want)
		}
	}
}
