package cmd

import (
	"bytes"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/seed-f39940ff/memo/store"
)

// previewLines is how many lines of the output `memo show` prints on a
// terminal, previewBytes how much of it is looked at.
const (
	previewLines = 10
	previewBytes = 16 << 10
)

// printPreview prints the first lines of what the command wrote to stdout, each
// without colours and cut to the width of the terminal. What is damaged is for `memo show --stdout`
// to say.
func printPreview(w io.Writer, st *style, r *store.Reading) error {
	if r.Result.StdoutSize == 0 || r.Verify() != nil {
		return nil
	}
	head, err := stdoutHead(r)
	if err != nil {
		return err
	}
	whole := int64(len(head)) == r.Result.StdoutSize
	lines := strings.SplitAfter(string(head), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) > previewLines {
		lines, whole = lines[:previewLines], false
	}
	var out strings.Builder
	out.WriteString("\n")
	for _, line := range lines {
		text := strings.ReplaceAll(ansi.Strip(strings.TrimRight(line, "\r\n")), "\t", "    ")
		out.WriteString(st.fit(escape(text), 0) + "\n")
	}
	if !whole {
		out.WriteString(st.Dim.Render("… memo show --stdout prints all of it") + "\n")
	}
	_, err = io.WriteString(w, out.String())
	return err
}

// stdoutHead returns the beginning of what the command wrote to stdout.
func stdoutHead(r *store.Reading) ([]byte, error) {
	var head bytes.Buffer
	err := r.Chunks(func(stream store.Stream, off, n int64) error {
		if n = min(n, previewBytes-int64(head.Len())); stream != store.Stdout || n == 0 {
			return nil
		}
		_, err := io.Copy(&head, io.NewSectionReader(r, off, n))
		return err
	})
	return head.Bytes(), err
}
