package fingerprint

import (
	"fmt"
	"os"
	"strings"
)

// Counts says what counts of the files of a path or glob beside type,
// executable bit and content. Values are stored and never change their meaning.
type Counts uint8

const (
	CountMtime Counts = 1 << iota // modification times
	CountMode                     // all permission bits
)

// Names returns what counts in words: "mtime", "mode".
func (c Counts) Names() []string {
	var names []string
	if c&CountMtime != 0 {
		names = append(names, "mtime")
	}
	if c&CountMode != 0 {
		names = append(names, "mode")
	}
	return names
}

// String returns c as the end of a pattern.
func (c Counts) String() string {
	text := ""
	for _, name := range c.Names() {
		text += "@" + name
	}
	return text
}

// CutCounts returns an argument of -d without what it says at its end of what
// counts. A backslash before the "@" of a name that ends so takes away the
// meaning, and is itself taken away.
func CutCounts(arg string) (rest string, c Counts) {
	for {
		cut, found := cutSuffix(arg)
		switch {
		case found == 0:
			return arg, c
		case escapes(cut):
			return cut[:len(cut)-1] + found.String(), c
		}
		arg, c = cut, c|found
	}
}

// cutSuffix cuts off what a text ends in, if that says what counts.
func cutSuffix(text string) (string, Counts) {
	for _, c := range [...]Counts{CountMtime, CountMode} {
		if cut, ok := strings.CutSuffix(text, c.String()); ok {
			return cut, c
		}
	}
	return text, 0
}

// escapes reports whether a text ends in a backslash that takes the meaning
// from what follows it.
func escapes(text string) bool {
	n := len(text) - len(strings.TrimRight(text, `\`))
	return n%2 == 1 && os.PathSeparator != '\\'
}

// escapeCounts returns a pattern whose end is part of a name.
func escapeCounts(pattern string) string {
	if cut, found := cutSuffix(pattern); found != 0 && os.PathSeparator != '\\' {
		return cut + `\` + found.String()
	}
	return pattern
}

// add adds what counts of an entry to the fields of its digest.
func (c Counts) add(h *FieldHash, e *Entry) {
	for _, st := range []*Stat{&e.Stat, e.Target} {
		if st == nil {
			continue
		}
		if c&CountMtime != 0 {
			h.Int("mtime", st.Mtime)
		}
		if c&CountMode != 0 {
			h.Int("mode", int64(st.Perm()))
		}
	}
}

// change says how an entry differs in what counts, "" if in nothing.
func (c Counts) change(old, now *Entry) string {
	was, is := [...]Stat{old.Seen(), old.Stat}, [...]Stat{now.Seen(), now.Stat}
	for i := range was {
		switch {
		case c&CountMode != 0 && was[i].Perm() != is[i].Perm():
			return fmt.Sprintf("permissions are %04o now (were %04o)", is[i].Perm(), was[i].Perm())
		case c&CountMtime != 0 && was[i].Mtime != is[i].Mtime:
			return "modification time differs"
		}
	}
	return ""
}

// Seen returns the stat of what an entry is or, as a symlink, leads to.
func (e *Entry) Seen() Stat {
	if e.Target != nil {
		return *e.Target
	}
	return e.Stat
}
