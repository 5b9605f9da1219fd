package event

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/refresh"
	"github.com/seed-f39940ff/memo/store"
)

// Var is the variable that names the event in the environment of a handler. Calls
// of memo with this variable report no events, because otherwise a handler that
// calls memo would trigger itself without end.
const Var = "MEMO_EVENT"

// heldMax is how many bytes of events a Log holds back before it starts the
// detached process. A pipe holds as much.
const heldMax = 32 << 10

// A Log gathers the events of one call of memo for the handler. A detached
// process, a [Dispatcher], runs the handler, so that the call pays only for the
// start of that process. A nil Log drops all events.
type Log struct {
	world    *fingerprint.World
	starter  *refresh.Starter
	store    *store.Store
	handler  string
	held     []byte
	pipe     *os.File // to the detached process
	broken   bool     // the detached process can't be started, or has died
	verdicts map[store.Mark]store.Verdict
}

// A notice is one event on its way to the detached process, as JSON.
type notice struct {
	Event Event `json:"event"`
	// Result is the file of the result. If Ended is set, the file was set aside
	// for this notice, and the detached process removes it.
	Result string `json:"result"`
	Ended  bool   `json:"ended"`
}

// Watch returns a Log for the events of this process, and the store with the ends
// of results reported to the Log. The Log is nil if there is no handler, or if
// this process runs below one.
func Watch(s *store.Store, w *fingerprint.World, starter *refresh.Starter, handler string) (*Log, *store.Store) {
	inside, _ := w.LookupEnv(Var)
	if handler == "" || inside != "" || s == nil {
		return nil, s
	}
	e := &Log{world: w, starter: starter, store: s, handler: handler, verdicts: map[store.Mark]store.Verdict{}}
	return e, s.Watched(e.ended)
}

// ended reports the end of a result and keeps its output for the handler.
func (e *Log) ended(ref store.Ref, reason store.Reason) {
	rd, err := e.store.Open(ref)
	if err != nil {
		return // removed or damaged
	}
	res := rd.Result
	rd.Close()
	path, err := e.store.SetAside(ref)
	if errors.Is(err, fs.ErrNotExist) {
		return // another process was faster, and reports it
	}
	var verdict store.Verdict
	if reason != store.Invalidated {
		verdict = e.verdict(res.Mark)
	}
	e.add(notice{Event: End(res, verdict, reason, e.world.Now()), Result: path, Ended: path != ""})
}

// verdict returns what the invalidation log says since a mark. It caches verdicts,
// because an eviction can end thousands of results.
func (e *Log) verdict(m store.Mark) store.Verdict {
	v, known := e.verdicts[m]
	if !known {
		v = e.store.Since(m)
		e.verdicts[m] = v
	}
	return v
}

// Call adds the events of a call of `memo run`. It puts the ends of replaced
// results after the answer and before the other events, which is the order in
// which they happened.
func (e *Log) Call(events []Event) {
	if e == nil {
		return
	}
	ends := e.held
	e.held = nil
	for i, ev := range events {
		if i > 0 || ev.Event != Hit && ev.Event != Stale && ev.Event != Miss {
			e.held, ends = append(e.held, ends...), nil
		}
		e.add(notice{Event: ev, Result: ev.Path})
	}
	e.held = append(e.held, ends...)
}

// add adds one event.
func (e *Log) add(n notice) {
	n.Event.Path = ""
	if n.Event.Command == nil {
		n.Event.Command = []string{}
	}
	line, err := json.Marshal(n)
	if err != nil {
		return // the time is out of range
	}
	e.held = append(append(e.held, line...), '\n')
	if len(e.held) > heldMax {
		e.send()
	}
}

// send sends the held events to the detached process.
func (e *Log) send() {
	if e.pipe == nil && !e.broken {
		e.start()
	}
	if !e.broken && len(e.held) > 0 {
		_, err := e.pipe.Write(e.held)
		e.broken = err != nil
	}
	e.held = nil
}

// start starts the detached process. It ignores a failure; results that were set
// aside are swept later.
func (e *Log) start() {
	read, write, err := os.Pipe()
	if err != nil {
		e.broken = true
		return
	}
	defer read.Close()
	args := []string{"--cache-dir=" + e.store.Root(), "--on-event=" + e.handler}
	if e.starter.Start(refresh.Events, args, read) != nil {
		e.broken = true
		write.Close()
		return
	}
	e.pipe = write
}

// Flush sends the held events. It is called once, after the last event.
func (e *Log) Flush() {
	if e == nil || len(e.held) == 0 && e.pipe == nil {
		return
	}
	e.send()
	if e.pipe != nil {
		e.pipe.Close()
	}
}
