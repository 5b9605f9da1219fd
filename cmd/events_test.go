//go:build unix

package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// names returns the events that are held back.
func (e *eventLog) names(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, line := range strings.SplitAfter(string(e.held), "\n") {
		var n notice
		if line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &n); err != nil {
			t.Fatal(err)
		}
		if names = append(names, n.Event.Event); n.Event.Path != "" {
			t.Errorf("%s: a path before the output was copied", n.Event.Event)
		}
	}
	return names
}

// app returns an app with more variables.
func (s *shelf) app(environ ...string) *app {
	environ = append(environ, "HOME="+s.dir, "PATH="+os.Getenv("PATH"), "MEMO_CACHE_DIR="+s.store.Root())
	return &app{environ: environ, world: fingerprint.NewWorld(environ, s.dir)}
}

func TestEventOrder(t *testing.T) {
	s := newShelf(t)
	for _, row := range []struct {
		call []string
		want []string
	}{
		{[]string{"miss", "stored"}, []string{"miss", "expired", "stored"}},
		{[]string{"stored"}, []string{"expired", "stored"}},
		{[]string{"miss"}, []string{"miss", "expired"}},
		{nil, []string{"expired"}},
	} {
		log, watched := s.app().newEvents("handler", s.store)
		ref := s.put(store.Result{Argv: []string{"x"}}, "out", "")
		if _, err := watched.End(store.EndOptions{Match: func(*store.Result) bool { return true }, Reason: store.Expired}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(s.store.ResultPath(ref)); err == nil {
			t.Error("a watched end leaves the result in place")
		}
		var events []memo.Event
		for _, name := range row.call {
			events = append(events, memo.Event{Event: name})
		}
		log.call(events)
		if got := log.names(t); !slices.Equal(got, row.want) {
			t.Errorf("events %v, want %v", got, row.want)
		}
	}
}

func TestNoEvents(t *testing.T) {
	s := newShelf(t)
	a := s.app()
	log, plain := a.newEvents("", s.store)
	if log != nil || plain != s.store {
		t.Error("without a handler there are events")
	}
	log.call([]memo.Event{{Event: memo.EventHit}})
	log.flush()
	if log, _ := a.newEvents("handler", nil); log != nil {
		t.Error("without a store there are events")
	}
	if log, _ := s.app(eventVar+"=hit").newEvents("handler", s.store); log != nil {
		t.Error("in a handler there are events")
	}
}

// What a handler has started ends with it when its time is over.
func TestHandlerTimeLimit(t *testing.T) {
	s := newShelf(t)
	alive := filepath.Join(s.dir, "alive") // open for writing as long as one of them is
	if err := syscall.Mkfifo(alive, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Open(alive, syscall.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	r := teller{app: s.app(), store: s.store, limit: 500 * time.Millisecond}
	r.handler = "exec 3>" + alive + "; sleep 60 & echo started >&3; wait"
	began := time.Now()
	r.tell(&notice{Event: memo.Event{Event: memo.EventHit}})
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the handler took %v", took)
	}
	var said []byte
	buf := make([]byte, 100)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		n, err := syscall.Read(fd, buf)
		if n == 0 && err == nil {
			break // there is no writer left
		}
		said = append(said, buf[:max(n, 0)]...)
		if time.Now().After(end) {
			t.Fatal("what the handler started goes on after its time")
		}
	}
	if string(said) != "started\n" {
		t.Errorf("the handler said %q", said)
	}
}

func TestTellDamaged(t *testing.T) {
	s := newShelf(t)
	file := filepath.Join(s.dir, "result")
	if err := os.WriteFile(file, []byte("not a result"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := filepath.Join(s.dir, "told")
	r := teller{app: s.app(), store: s.store, handler: "cat >" + told, limit: time.Minute}
	r.tell(&notice{Event: memo.Event{Event: memo.EventEvicted, Path: "/elsewhere"}, Result: file, Ended: true})
	text, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	var e memo.Event
	if err := json.Unmarshal(text, &e); err != nil || e.Path != "" || e.Event != memo.EventEvicted {
		t.Errorf("told %q, %v", text, err)
	}
	if _, err := os.Lstat(file); err == nil {
		t.Error("what was set aside is left")
	}
}
