package cmd

import (
	"fmt"
	"math"
	"strings"

	"github.com/dustin/go-humanize"
)

// parseSize reads a number of bytes above 0, with or without a unit: k, M and
// so on are powers of 1000, KiB, MiB and so on of 1024.
func parseSize(text string) (int64, error) {
	n, err := humanize.ParseBytes(text)
	// go-humanize drops commas, so that 1,5GiB would be fifteen.
	if err != nil || n == 0 || n > math.MaxInt64 || strings.Contains(text, ",") {
		return 0, fmt.Errorf("size %q: write for example 1000, 500k, 8MiB or 1.5GiB", text)
	}
	return int64(n), nil
}
