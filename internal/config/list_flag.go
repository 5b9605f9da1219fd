package config

import (
	"strings"

	"github.com/spf13/pflag"
)

// A ListFlag is the value of a flag that can be given several times, each time
// with one text. It is pflag's StringArray without the CSV encoder, which every
// call of `memo run` would set up for each of its lists.
type ListFlag struct {
	texts *[]string
	name  string // the name of the text in help
}

var _ pflag.SliceValue = (*ListFlag)(nil)

// NewListFlag returns the value of a flag. Help shows name after the flag.
// texts receives the texts and may be nil.
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

// FlagTexts returns the texts of a flag: any number for a list, and one for any
// other flag.
func FlagTexts(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}
