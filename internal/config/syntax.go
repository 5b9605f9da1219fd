package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// documents parses a configuration file. It returns the first two documents of
// the file, or nil for those that don't exist.
func documents(content []byte) (first, second *yaml.Node, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(content))
	var docs [2]*yaml.Node
	for i := range docs {
		var doc yaml.Node
		if err := dec.Decode(&doc); err == io.EOF {
			break
		} else if err != nil {
			return nil, nil, err
		}
		docs[i] = &doc
	}
	return docs[0], docs[1], nil
}

// syntaxError returns the error of the YAML parser, with the line of the
// mistake.
func (d *decoder) syntaxError(content []byte, err error) error {
	why := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	return &SourceError{Source: d.path + ":" + strconv.Itoa(syntaxLine(content)), Err: errors.New(why)}
}

// syntaxLine returns the line of a syntax error: the first line for which the
// text up to it has the same error as the whole text. The line in the parser's
// error is of no use. It counts from 0 in some errors and from 1 in others,
// mostly points to the start of the surrounding construct, and is missing for
// bad bytes and unknown anchors. The text is parsed after an empty line,
// because the parser names another line in place of line 0. goccy/go-yaml
// reports better lines, but accepts bad bytes, control characters and a lone
// "}".
func syntaxLine(content []byte) int {
	lines := bytes.SplitAfter(bytes.TrimPrefix(content, []byte("\ufeff")), []byte("\n"))
	trouble := func(n int) string {
		_, _, err := documents(append([]byte("\n"), bytes.Join(lines[:n], nil)...))
		if err == nil {
			return ""
		}
		return err.Error()
	}
	all := trouble(len(lines))
	return 1 + sort.Search(len(lines)-1, func(i int) bool { return trouble(i+1) == all })
}
