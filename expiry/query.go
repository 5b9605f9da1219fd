package expiry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/itchyny/gojq"
)

// queryMaxSteps is how many instructions of gojq's virtual machine a jq program
// may run: about a second on an idle machine. Instructions are counted rather
// than time, so that the same stdout yields the same lifetime on a busy
// machine.
const queryMaxSteps = 10_000_000

// A stepBudget is a context that ends after a number of calls of Done. gojq
// calls Done once per instruction.
type stepBudget struct {
	context.Context
	left int
	over chan struct{}
}

func newStepBudget(steps int) *stepBudget {
	return &stepBudget{Context: context.Background(), left: steps, over: make(chan struct{})}
}

// Done counts one instruction. Its channel is closed once the budget is spent.
func (b *stepBudget) Done() <-chan struct{} {
	if b.left--; b.left == 0 {
		close(b.over)
	}
	return b.over
}

// Err returns nil until the budget is spent.
func (b *stepBudget) Err() error {
	if b.left > 0 {
		return nil
	}
	return context.DeadlineExceeded
}

// A Query is a jq program that finds the expiry of a result in its JSON stdout.
// The program sees nothing else: no environment, no modules, no further input.
// The zero value means that none is given.
type Query struct{ code *gojq.Code }

// Given reports whether q is anything but the zero value.
func (q Query) Given() bool { return q.code != nil }

// ParseQuery compiles a jq program.
func ParseQuery(text string) (Query, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return Query{}, fmt.Errorf("jq expression %q: %s", text, parseTrouble(err))
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return Query{}, fmt.Errorf("jq expression %q: %w", text, err)
	}
	return Query{code}, nil
}

// parseTrouble returns the parser's error in plain words.
func parseTrouble(err error) string {
	return strings.Replace(err.Error(), "unexpected EOF", "it ends too early", 1)
}

// Eval returns the first value that the program yields, in gojq's
// representation. Like jq, it runs the program on each JSON text of the input
// in turn. All of the input must be valid.
func (q Query) Eval(input []byte) (any, error) {
	budget := newStepBudget(queryMaxSteps)
	var found any
	ok, texts := false, 0
	for dec := json.NewDecoder(bytes.NewReader(input)); ; texts++ {
		dec.UseNumber()
		var text any
		switch err := dec.Decode(&text); {
		case err == io.EOF && ok:
			return found, nil
		case err == io.EOF && texts > 0:
			return nil, errors.New("yields nothing")
		case err == io.EOF:
			return nil, errors.New("stdout is empty, not JSON")
		case err != nil:
			return nil, fmt.Errorf("stdout is not JSON: %w", err)
		}
		if !ok {
			var err error
			if found, ok, err = q.first(budget, text); err != nil {
				return nil, err
			}
		}
	}
}

// first returns the first value that the program yields for one JSON text. ok
// is false if it yields none.
func (q Query) first(budget *stepBudget, text any) (v any, ok bool, err error) {
	v, ok = q.code.RunWithContext(budget, text).Next()
	err, failed := v.(error)
	if !failed {
		return v, ok, nil
	}
	var halt *gojq.HaltError
	switch {
	case budget.Err() != nil:
		err = errors.New("takes too many steps")
	case errors.As(err, &halt):
		err = errors.New("the query halted")
	}
	return nil, false, err
}
