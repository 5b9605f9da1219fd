package cmd

import (
	"strconv"

	"github.com/docker/go-units"
)

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
