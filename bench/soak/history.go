//go:build linux

package main

import (
	"sync"
	"time"
)

// A history knows which values inputs had when. An input without a history is
// absent.
type history struct {
	mu    sync.Mutex
	spans map[string][]span
}

// A span is a time in which an input had a value. While a change is under way
// the value is any: some ways to write a file have states in between.
type span struct {
	text     string
	any      bool
	from, to time.Time // to is zero as long as the span lasts
}

// begin notes that a change of an input begins.
func (h *history) begin(name string, now time.Time) { h.add(name, span{any: true, from: now}) }

// end notes that the input has its new value.
func (h *history) end(name, text string, now time.Time) { h.add(name, span{text: text, from: now}) }

func (h *history) add(name string, s span) {
	h.mu.Lock()
	defer h.mu.Unlock()
	spans := h.spans[name]
	if n := len(spans); n > 0 {
		spans[n-1].to = s.from
	}
	h.spans[name] = append(spans, s)
}

// between returns the values that an input had in a time. Any is true if one
// of them is not known.
func (h *history) between(name string, from, to time.Time) (texts []string, anyOne bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	spans := h.spans[name]
	if len(spans) == 0 || from.Before(spans[0].from) {
		texts = append(texts, "absent")
	}
	for _, s := range spans {
		if !s.from.After(to) && (s.to.IsZero() || !s.to.Before(from)) {
			texts, anyOne = append(texts, s.text), anyOne || s.any
		}
	}
	return texts, anyOne
}

// A moment is a time, and how long the record of runs was then.
type moment struct {
	at       time.Time
	recorded int64
}
