//go:build unix

package event

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
	"github.com/seed-f39940ff/memo/store"
)

// names returns the events that are held back.
func (e *Log) names(t *testing.T) []string {
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

// newStore returns an empty store in a new directory.
func newStore(t *testing.T) (s *store.Store, dir string) {
	t.Helper()
	dir = t.TempDir()
	s, err := store.Open(filepath.Join(dir, "cache"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// put stores a result.
func put(t *testing.T, s *store.Store) store.Ref {
	t.Helper()
	mark, err := s.Mark()
	if err != nil {
		t.Fatal(err)
	}
	key := (&fingerprint.Identity{Argv: []string{"x"}}).Key()
	w := s.NewWriter(key)
	w.MaxSize = 1 << 20
	w.Write(store.Stdout, []byte("out"))
	ref, err := w.Commit(&store.Result{Key: key, Argv: []string{"x"}, Created: time.Now().UnixNano(), Mark: mark})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// newDispatcher returns a Dispatcher whose handler finds the system's commands.
func newDispatcher(s *store.Store, handler string) *Dispatcher {
	environ := []string{"PATH=" + os.Getenv("PATH")}
	return &Dispatcher{Store: s, Handler: handler, Environ: environ, Encode: json.Marshal}
}

func TestEventOrder(t *testing.T) {
	s, _ := newStore(t)
	for _, row := range []struct {
		call []string
		want []string
	}{
		{[]string{"miss", "stored"}, []string{"miss", "expired", "stored"}},
		{[]string{"stored"}, []string{"expired", "stored"}},
		{[]string{"miss"}, []string{"miss", "expired"}},
		{nil, []string{"expired"}},
	} {
		log, watched := Watch(s, fingerprint.NewWorld(nil, "/"), nil, "handler")
		ref := put(t, s)
		if _, err := watched.End(store.EndOptions{Match: func(*store.Result) bool { return true }, Reason: store.Expired}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(s.ResultPath(ref)); err == nil {
			t.Error("a watched end leaves the result in place")
		}
		var events []Event
		for _, name := range row.call {
			events = append(events, Event{Event: name})
		}
		log.Call(events)
		if got := log.names(t); !slices.Equal(got, row.want) {
			t.Errorf("events %v, want %v", got, row.want)
		}
	}
}

func TestNoEvents(t *testing.T) {
	s, _ := newStore(t)
	w := fingerprint.NewWorld(nil, "/")
	log, plain := Watch(s, w, nil, "")
	if log != nil || plain != s {
		t.Error("without a handler there are events")
	}
	log.Call([]Event{{Event: Hit}})
	log.Flush()
	if log, _ := Watch(nil, w, nil, "handler"); log != nil {
		t.Error("without a store there are events")
	}
	if log, _ := Watch(s, fingerprint.NewWorld([]string{Var + "=hit"}, "/"), nil, "handler"); log != nil {
		t.Error("in a handler there are events")
	}
}

// What a handler has started ends with it when its time is over.
func TestHandlerTimeLimit(t *testing.T) {
	s, dir := newStore(t)
	alive := filepath.Join(dir, "alive") // open for writing as long as one of them is
	if err := syscall.Mkfifo(alive, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Open(alive, syscall.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	r := newDispatcher(s, "exec 3>"+alive+"; sleep 60 & echo started >&3; wait")
	r.limit = 500 * time.Millisecond
	began := time.Now()
	r.handle(&notice{Event: Event{Event: Hit}})
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
	s, dir := newStore(t)
	file := s.Path("ended", "result")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("not a result"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := filepath.Join(dir, "told")
	r := newDispatcher(s, "cat >"+told)
	r.limit = time.Minute
	r.handle(&notice{Event: Event{Event: Evicted, Path: "/elsewhere"}, Result: file, Ended: true})
	text, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	var e Event
	if err := json.Unmarshal(text, &e); err != nil || e.Path != "" || e.Event != Evicted {
		t.Errorf("told %q, %v", text, err)
	}
	if _, err := os.Lstat(file); err == nil {
		t.Error("what was set aside is left")
	}
}
