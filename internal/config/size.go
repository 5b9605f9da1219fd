package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/docker/go-units"
)

// ParseSize parses a size above 0 with its unit: B; k, M and so on for powers
// of 1000; Ki or KiB, Mi or MiB and so on for powers of 1024. A number without
// a unit is an error, because 10 rarely means 10 bytes. Spaces around the size
// and before the unit are ignored.
func ParseSize(text string) (int64, error) {
	const digits = "0123456789"
	number := strings.TrimSpace(text)
	unit := strings.TrimLeft(number, digits+".")
	number = strings.TrimSuffix(number, unit)
	unit = strings.TrimSpace(unit)
	var n int64
	var err error
	switch {
	case unit == "" && number != "" && strings.Trim(number, "0.") != "":
		return 0, fmt.Errorf("size %q: a number needs a unit; write for example %sMiB", text, number)
	case strings.EqualFold(unit, "B"):
		n, err = strconv.ParseInt(number, 10, 64)
	case number == "" || strings.ContainsAny(unit, digits+","): // 1e3, 1,5GiB
	case strings.HasSuffix(strings.ToLower(unit), "i"):
		n, err = units.RAMInBytes(number + unit + "B")
	case strings.ContainsAny(unit, "iI"):
		n, err = units.RAMInBytes(number + unit)
	default:
		n, err = units.FromHumanSize(number + unit)
	}
	// On overflow n is the largest or the smallest number, depending on the
	// machine.
	if err != nil || n <= 0 || n == math.MaxInt64 && !strings.EqualFold(unit, "B") {
		return 0, fmt.Errorf("size %q: write for example 500k, 8MiB or 1.5GiB", text)
	}
	return n, nil
}
