package cmd

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

// A kind is what the text of a setting, or of an item of its list, means.
type kind uint8

const (
	textKind     kind = iota // string
	boolKind                 // bool
	expiryKind               // expiry.Expiry
	durationKind             // time.Duration
	sizeKind                 // int64, bytes
	countKind                // int64
	numberKind               // int, 0 and up
	codesKind                // []int
	queryKind                // expiry.Query
	evictionKind             // string
	depKind                  // string
	envKind                  // string
	nameKind                 // string, not empty
)

// parse returns the typed value of a text.
func (k kind) parse(text string) (any, error) {
	switch k {
	case boolKind:
		return parseBool(text)
	case expiryKind:
		return expiry.Parse(text)
	case durationKind:
		return expiry.ParseDuration(text)
	case sizeKind:
		return parseSize(text)
	case countKind:
		return parseCount(text)
	case numberKind:
		return parseNumber(text)
	case codesKind:
		return parseCodes(text)
	case queryKind:
		return expiry.ParseQuery(text)
	case evictionKind:
		if !slices.Contains(store.Policies(), text) {
			return nil, fmt.Errorf("eviction policy %q: want one of %s", text, strings.Join(store.Policies(), ", "))
		}
		return text, nil
	case depKind:
		// An exclusion alone would be an error; the pattern behind it is what
		// there is to check.
		_, err := fingerprint.ParseDependencies([]string{strings.TrimPrefix(text, "!")})
		return text, err
	case envKind:
		return text, fingerprint.ValidEnvName(text)
	case nameKind:
		return text, checkName(text)
	default:
		return text, checkNUL(text)
	}
}

// checkName returns an error if a text can't be the name of something.
func checkName(text string) error {
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

// isTrue reports whether the text of a variable means yes. Anything that is
// neither yes nor no is no.
func isTrue(text string) bool {
	on, _ := parseBool(text)
	return on
}

// disabled reports whether MEMO_DISABLE has memo step aside: any text but that
// of a no does.
func (a *app) disabled() bool {
	text, _ := a.world.LookupEnv("MEMO_DISABLE")
	on, err := parseBool(text)
	return text != "" && (on || err != nil)
}

func parseBool(text string) (bool, error) {
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

// parseCodes reads exit codes separated by commas.
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

// splitList splits the text of a variable at the commas outside braces. Spaces
// around items and empty items don't count.
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
