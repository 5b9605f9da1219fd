package config

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the known word that is most similar to a mistyped one, or ""
// if none is similar enough. One letter in four may differ, or one in a short
// word.
func Nearest(word string, known []string) string {
	word = strings.ToLower(word[:min(len(word), 100)])
	best, distance := "", max(1, len(word)/4)+1
	for _, k := range known {
		n := levenshtein.ComputeDistance(word, k)
		if n < distance && n < len(k) || n == distance && best != "" && k < best {
			best, distance = k, n
		}
	}
	return best
}
