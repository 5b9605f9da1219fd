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

// documents parses a configuration file. It returns its first two documents,
// nil for those that aren't there.
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

// syntaxError is what the YAML parser says, but about the line where the
// trouble is.
func (d *decoder) syntaxError(content []byte, err error) error {
	why := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	return &SourceError{Source: d.path + ":" + strconv.Itoa(syntaxLine(content)), Err: errors.New(why)}
}

// syntaxLine returns the line of a syntax error. The parser counts lines from 0
// in some errors and from 1 in others, mostly names the line where the construct
// around the error begins, and names none for bad bytes and unknown anchors. So
// this is the first line up to which the text has the same error as all of it.
// An empty line ahead keeps the parser from having a line 0, for which it names
// another. The lines of goccy/go-yaml are better, but it takes bad bytes, control
// characters and a lone "}" for right.
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
