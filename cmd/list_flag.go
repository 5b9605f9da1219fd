package cmd

import (
	"strings"

	"github.com/spf13/pflag"
)

// A listFlag is the value of a flag that may be given several times, each time
// with one text. It is what pflag's StringArray is without the encoder of CSV,
// which every call of `memo run` would set up for each of its lists.
type listFlag struct {
	texts *[]string
	name  string // of a text in help
}

var _ pflag.SliceValue = (*listFlag)(nil)

// newListFlag returns the value of a flag that help shows with a name behind
// it. texts may be nil.
func newListFlag(texts *[]string, name string) *listFlag {
	if texts == nil {
		texts = new([]string)
	}
	return &listFlag{texts, name}
}

func (l *listFlag) String() string               { return strings.Join(*l.texts, ",") }
func (l *listFlag) Type() string                 { return l.name }
func (l *listFlag) Set(text string) error        { return l.Append(text) }
func (l *listFlag) Append(text string) error     { *l.texts = append(*l.texts, text); return nil }
func (l *listFlag) Replace(texts []string) error { *l.texts = texts; return nil }
func (l *listFlag) GetSlice() []string           { return *l.texts }

// flagTexts returns what a flag was given: any number of texts for a list, one
// for any other.
func flagTexts(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}
