package main

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

func TestReadTrace(t *testing.T) {
	got, err := readTrace("x", strings.NewReader("# comment\n\n0 1.5s 2KiB - ls -l a\n90 20ms 7B 1d true\n"))
	if err != nil || len(got.requests) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := request{at: 90 * time.Second, took: 20 * time.Millisecond, size: 7, ttl: 24 * time.Hour, command: "true"}
	if got.requests[0].command != "ls -l a" || got.requests[0].size != 2048 || got.requests[1] != want {
		t.Errorf("got %+v", got.requests)
	}
	for _, bad := range []string{"0 1s 1B -", "x 1s 1B - c", "0 x 1B - c", "0 1s x - c", "0 1s 1B x c", "5 1s 1B - c\n4 1s 1B - c"} {
		if _, err := readTrace("x", strings.NewReader(bad)); err == nil {
			t.Errorf("%q is a trace", bad)
		}
	}
}

func TestRecordedTraces(t *testing.T) {
	traces, err := recordedTraces()
	if err != nil || len(traces) < 4 {
		t.Fatalf("%d traces, %v", len(traces), err)
	}
	for i := range traces {
		if len(traces[i].requests) < 500 {
			t.Errorf("%s has %d requests", traces[i].name, len(traces[i].requests))
		}
	}
}

// TestReplay counts what a store makes of a trace that can be followed by hand.
func TestReplay(t *testing.T) {
	const second = time.Second
	tr := trace{requests: []request{
		{at: 0, took: second, size: 10, command: "a", ttl: time.Minute},
		{at: 1 * second, took: 2 * second, size: 10, command: "b"},
		{at: 2 * second, took: second, size: 10, command: "a", ttl: time.Minute},   // hit
		{at: 100 * second, took: second, size: 10, command: "a", ttl: time.Minute}, // expired
		{at: 101 * second, took: 2 * second, size: 10, command: "b"},               // hit
	}}
	f, err := replay(&tr, store.Bounds{Policy: "lru"})
	if err != nil || f.hits != 2 || f.saved != 3*second || f.cost != 7*second {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err = replay(&tr, store.Bounds{MaxResults: 1, Policy: "lru"}); err != nil || f.hits != 0 {
		t.Errorf("room for one: %+v, %v", f, err)
	}
	if _, err := replay(&tr, store.Bounds{Policy: "best"}); err == nil {
		t.Error("an unknown policy is accepted")
	}
}
