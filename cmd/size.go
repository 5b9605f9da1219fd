package cmd

import (
	"strconv"

	"github.com/docker/go-units"
)

// bytesText returns a number of bytes with a unit, rounded for people.
func bytesText(n int64) string { return units.BytesSize(float64(max(0, n))) }

// grouped returns a number with separated thousands.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
