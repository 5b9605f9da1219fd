package config

import (
	"strings"

	"github.com/spf13/pflag"
)

// A ListFlag is the value of a flag that may be given several times, each time
// with one text. It is what pflag's StringArray is without the encoder of CSV,
// which every call of `memo run` would set up for each of its lists.
type ListFlag struct {
	texts *[]string
	name  string // of a text in help
}

var _ pflag.SliceValue = (*ListFlag)(nil)

// NewListFlag returns the value of a flag that help shows with a name behind
// it. texts may be nil.
func NewListFlag(texts *[]string, name string) *ListFlag {
	if texts == nil {
		texts = new([]string)
	}
	return &ListFlag{texts, name}
}

func (l *ListFlag) String() string               { return strings.Join(*l.texts, ",") }
func (l *ListFlag) Type() string                 { return l.name }
func (l *ListFlag) Set(text string) error        { return l.Append(text) }
func (l *ListFlag) Append(text string) error     { *l.texts = append(*l.texts, text); return nil }
func (l *ListFlag) Replace(texts []string) error { *l.texts = texts; return nil }
func (l *ListFlag) GetSlice() []string           { return *l.texts }

// FlagTexts returns what a flag was given: any number of texts for a list, one
// for any other.
func FlagTexts(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}
