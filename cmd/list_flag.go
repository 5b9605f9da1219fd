package cmd

import (
	"strings"

	"github.com/spf13/pflag"
)

// A listFlag is the value of a flag that may be given several times, each time
// with one text. It is what pflag's StringArray is without the encoder of CSV,
// which every call of `memo run` would set up for each of its lists.
type listFlag []string

var _ pflag.SliceValue = (*listFlag)(nil)

func (l *listFlag) String() string               { return strings.Join(*l, ",") }
func (l *listFlag) Type() string                 { return "list" }
func (l *listFlag) Set(text string) error        { return l.Append(text) }
func (l *listFlag) Append(text string) error     { *l = append(*l, text); return nil }
func (l *listFlag) Replace(texts []string) error { *l = texts; return nil }
func (l *listFlag) GetSlice() []string           { return *l }

// flagTexts returns what a flag was given: any number of texts for a list, one
// for any other.
func flagTexts(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}
