package cmd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/docker/go-units"
)

// parseSize reads a number of bytes above 0, with or without a unit: k, M and
// so on are powers of 1000, KiB, MiB and so on of 1024.
func parseSize(text string) (int64, error) {
	const digits = "0123456789"
	unit := strings.TrimLeft(text, digits+".")
	var n int64
	var err error
	switch {
	case unit == "" && !strings.Contains(text, "."):
		n, err = strconv.ParseInt(text, 10, 64)
	case strings.ContainsAny(unit, digits+","): // 1e3, 1,5GiB
	case strings.ContainsAny(unit, "iI"):
		n, err = units.RAMInBytes(text)
	default:
		n, err = units.FromHumanSize(text)
	}
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("size %q: write for example 1000, 500k, 8MiB or 1.5GiB", text)
	}
	return n, nil
}

// bytesText shows a number of bytes to the precision that a person reads.
func bytesText(n int64) string { return units.BytesSize(float64(max(0, n))) }

// grouped shows a number with its thousands set off.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
