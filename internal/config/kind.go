package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A Kind is the type of a setting, or of the items of its list.
type Kind uint8

const (
	TextKind     Kind = iota // string
	BoolKind                 // bool
	ExpiryKind               // expiry.Expiry
	DurationKind             // time.Duration
	SizeKind                 // int64, bytes
	CountKind                // int64
	NumberKind               // int, 0 and up
	CodesKind                // []int
	QueryKind                // expiry.Query
	EvictionKind             // string
	DepKind                  // string
	OutputKind               // string
	EnvKind                  // string
	NameKind                 // string, not empty
)

// parse returns the typed value of a text.
func (k Kind) parse(text string) (any, error) {
	switch k {
	case BoolKind:
		return ParseBool(text)
	case ExpiryKind:
		return expiry.Parse(text)
	case DurationKind:
		return expiry.ParseDuration(text)
	case SizeKind:
		return ParseSize(text)
	case CountKind:
		return parseCount(text)
	case NumberKind:
		return parseNumber(text)
	case CodesKind:
		return parseCodes(text)
	case QueryKind:
		return expiry.ParseQuery(text)
	case EvictionKind:
		if !slices.Contains(store.Policies(), text) {
			return nil, fmt.Errorf("eviction policy %q: want one of %s", text, strings.Join(store.Policies(), ", "))
		}
		return text, nil
	case OutputKind:
		if _, counts := fingerprint.CutCounts(text); counts != 0 {
			return nil, fmt.Errorf("output %q: permissions are always kept and times never; leave %s away", text, counts)
		}
		_, err := fingerprint.ParseDependencies([]string{".", text})
		return text, err
	case DepKind:
		// The "." is there because an exclusion alone is an error.
		_, err := fingerprint.ParseDependencies([]string{".", text})
		return text, err
	case EnvKind:
		return text, fingerprint.ValidEnvName(text)
	case NameKind:
		return text, CheckName(text)
	default:
		return text, checkNUL(text)
	}
}

// CheckName returns an error if a text can't be a name.
func CheckName(text string) error {
	if text == "" {
		return errors.New("the text is empty")
	}
	return checkNUL(text)
}

// checkNUL returns an error if a text can't be passed to a program.
func checkNUL(text string) error {
	if strings.Contains(text, "\x00") {
		return errors.New("contains a NUL")
	}
	return nil
}

// IsTrue reports whether the text of a variable is true. An invalid text counts
// as false.
func IsTrue(text string) bool {
	on, _ := ParseBool(text)
	return on
}

// ParseBool parses a boolean: true, false, 1 or 0.
func ParseBool(text string) (bool, error) {
	switch text {
	case "1", "true":
		return true, nil
	case "0", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q: write true or false", text)
}

func parseCount(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("number %q: write a whole number above 0", text)
	}
	return n, nil
}

func parseNumber(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("number %q: write a whole number, 0 or above", text)
	}
	return int(n), nil
}

// parseCodes parses exit codes separated by commas.
func parseCodes(text string) ([]int, error) {
	var codes []int
	for field := range strings.SplitSeq(text, ",") {
		code, err := strconv.ParseUint(strings.TrimSpace(field), 10, 8)
		if err != nil {
			return nil, fmt.Errorf("exit codes %q: write numbers from 0 to 255, such as 0,1", text)
		}
		codes = append(codes, int(code))
	}
	slices.Sort(codes)
	return slices.Compact(codes), nil
}

// splitList splits the text of a variable at the commas outside braces. It
// drops spaces around items, and empty items.
func splitList(text string) []string {
	var items []string
	depth, from := 0, 0
	add := func(end int) {
		if text := strings.TrimSpace(text[from:end]); text != "" {
			items = append(items, text)
		}
		from = end + 1
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth = max(depth-1, 0)
		case ',':
			if depth == 0 {
				add(i)
			}
		}
	}
	add(len(text))
	return items
}
