package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// printJSON prints one indented JSON value.
func printJSON(w io.Writer, v any) error {
	text, err := encodeJSON(v, "  ")
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

// encodeJSON returns v as JSON, on one line if indent is empty. It also escapes
// the characters that [escape] considers unsafe, which loses nothing.
func encodeJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return escapeJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escapeJSON escapes the unsafe characters that the JSON encoder leaves: DEL
// and those beyond ASCII, which occur only in strings.
func escapeJSON(text []byte) []byte {
	isUnsafe := func(r rune) bool { return r >= 0x7f && unsafe(r) }
	if !bytes.ContainsFunc(text, isUnsafe) {
		return text
	}
	var out []byte
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case !isUnsafe(r):
			out = append(out, text[:n]...)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
		text = text[n:]
	}
	return out
}
