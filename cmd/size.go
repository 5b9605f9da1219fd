package cmd

import (
	"fmt"
	"strconv"

	"github.com/docker/go-units"
)

// bytesText shows a number of bytes in few digits. The units are powers of 1024,
// as --max-size reads them.
func bytesText(n int64) string {
	if n = max(0, n); n < 1024 {
		return fmt.Sprintf("%dB", n)
	}
	names := []string{"B", "K", "M", "G", "T", "P", "E"}
	text := units.CustomSize("%.1f%s", float64(n), 1024, names)
	if len(text) > len("9.9K") {
		text = units.CustomSize("%.0f%s", float64(n), 1024, names)
	}
	return text
}

// grouped returns a number with separated thousands.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
