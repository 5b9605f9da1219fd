package cmd

// A textFlag is the value of a flag that takes one text. Other than pflag's
// String it has a name for the text, which help shows behind the flag: pflag
// would look for one between backquotes in the usage, and completions show
// those as they are.
type textFlag struct {
	text *string
	name string
}

// newTextFlag returns the value of a flag; what text points to is its default.
// text may be nil.
func newTextFlag(text *string, name string) *textFlag {
	if text == nil {
		text = new(string)
	}
	return &textFlag{text, name}
}

func (f *textFlag) String() string        { return *f.text }
func (f *textFlag) Type() string          { return f.name }
func (f *textFlag) Set(text string) error { *f.text = text; return nil }

// A checkedFlag is a textFlag whose text is checked when it is given, so that
// the error names the flag. It is for the flags of other commands than `memo
// run`, whose texts the configuration checks.
type checkedFlag struct {
	textFlag
	kind kind
}

func newCheckedFlag(text *string, name string, k kind) *checkedFlag {
	return &checkedFlag{*newTextFlag(text, name), k}
}

func (f *checkedFlag) Set(text string) error {
	if _, err := f.kind.parse(text); err != nil {
		return err
	}
	return f.textFlag.Set(text)
}
