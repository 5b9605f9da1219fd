package config

// A TextFlag is the value of a flag that takes one text. Unlike pflag's String,
// it has a name for the text, which help shows after the flag. pflag takes such
// a name from between backquotes in the usage, but completions would show the
// backquotes.
type TextFlag struct {
	text *string
	name string
}

// NewTextFlag returns the value of a flag. text points to the default and
// receives the text; it may be nil.
func NewTextFlag(text *string, name string) *TextFlag {
	if text == nil {
		text = new(string)
	}
	return &TextFlag{text, name}
}

func (f *TextFlag) String() string        { return *f.text }
func (f *TextFlag) Type() string          { return f.name }
func (f *TextFlag) Set(text string) error { *f.text = text; return nil }

// A CheckedFlag is a TextFlag that checks its text when it is set, so that the
// error names the flag. It is for commands other than `memo run`, whose flags
// [Load] checks.
type CheckedFlag struct {
	TextFlag
	kind Kind
}

// NewCheckedFlag returns the value of a flag whose texts are of a kind.
func NewCheckedFlag(text *string, name string, k Kind) *CheckedFlag {
	return &CheckedFlag{*NewTextFlag(text, name), k}
}

func (f *CheckedFlag) Set(text string) error {
	if _, err := f.kind.parse(text); err != nil {
		return err
	}
	return f.TextFlag.Set(text)
}
