package memo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/itchyny/gojq"
)

// queryTimeout is how long a jq program may take.
const queryTimeout = time.Second

// An ExpiryQuery is a jq program that finds the expiry of a result in its
// JSON stdout. It sees that and nothing else: no environment, no modules, no
// further input. The zero value is none.
type ExpiryQuery struct{ code *gojq.Code }

// Given reports whether q is anything but the zero value.
func (q ExpiryQuery) Given() bool { return q.code != nil }

// ParseExpiryQuery compiles a jq program.
func ParseExpiryQuery(text string) (ExpiryQuery, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return ExpiryQuery{}, fmt.Errorf("jq expression %q: %w", text, err)
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return ExpiryQuery{}, fmt.Errorf("jq expression %q: %w", text, err)
	}
	return ExpiryQuery{code}, nil
}

// eval returns the first value that the program yields, as gojq represents
// values. Like jq it takes each of the JSON texts that the input consists of
// in turn.
func (q ExpiryQuery) eval(input []byte) (any, error) {
	texts, err := decodeJSON(input)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), queryTimeout)
	defer cancel()
	for _, text := range texts {
		v, ok := q.code.RunWithContext(ctx, text).Next()
		if !ok {
			continue
		}
		if err, failed := v.(error); failed {
			var halt *gojq.HaltError
			switch {
			case ctx.Err() != nil:
				err = fmt.Errorf("took over %v", queryTimeout)
			case errors.As(err, &halt):
				err = errors.New("the query halted")
			}
			return nil, err
		}
		return v, nil
	}
	return nil, errors.New("yields nothing")
}

// decodeJSON returns the JSON texts that b consists of, at least one.
func decodeJSON(b []byte) ([]any, error) {
	var texts []any
	for dec := json.NewDecoder(bytes.NewReader(b)); ; {
		dec.UseNumber()
		var text any
		switch err := dec.Decode(&text); {
		case err == io.EOF && len(texts) > 0:
			return texts, nil
		case err == io.EOF:
			return nil, errors.New("stdout is empty, not JSON")
		case err != nil:
			return nil, fmt.Errorf("stdout is not JSON: %w", err)
		}
		texts = append(texts, text)
	}
}
