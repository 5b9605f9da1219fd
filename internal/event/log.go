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

// Var tells the command of --on-event which event it was started for.
// Calls of memo with it in the environment tell no events: a handler that
// calls memo would never come to an end otherwise.
const Var = "MEMO_EVENT"

// mostHeld is how many bytes of events are held back before the process
// that tells them is started. A pipe takes as much at once.
const mostHeld = 32 << 10

// A Log gathers the events of one call of memo for the command of
// --on-event. A detached process tells them, so that the call costs no more
// than starting that; see [Teller]. A nil Log drops everything.
type Log struct {
	world    *fingerprint.World
	starter  *refresh.Starter
	store    *store.Store
	handler  string
	held     []byte
	teller   *os.File // what the detached process reads
	broken   bool     // it can't be started, or has died
	verdicts map[store.Mark]store.Verdict
}

// A notice is one event on its way to the detached process, as JSON.
type notice struct {
	Event Event `json:"event"`
	// Result is the file of the result; it was set aside for the notice if
	// Ended is set, and is removed then.
	Result string `json:"result"`
	Ended  bool   `json:"ended"`
}

// Watch returns the events of this process for a handler, and the store in which the ends of results are events too. Without a handler
// there are none.
func Watch(s *store.Store, w *fingerprint.World, starter *refresh.Starter, handler string) (*Log, *store.Store) {
	inside, _ := w.LookupEnv(Var)
	if handler == "" || inside != "" || s == nil {
		return nil, s
	}
	e := &Log{world: w, starter: starter, store: s, handler: handler, verdicts: map[store.Mark]store.Verdict{}}
	return e, s.Watched(e.ended)
}

// ended reports the end of a result and keeps its output until the handler ran.
func (e *Log) ended(ref store.Ref, reason store.Reason) {
	rd, err := e.store.Open(ref)
	if err != nil {
		return // gone, or damaged
	}
	res := rd.Result
	rd.Close()
	path, err := e.store.SetAside(ref)
	if errors.Is(err, fs.ErrNotExist) {
		return // another process was quicker, and tells it
	}
	var verdict store.Verdict
	if reason != store.Invalidated {
		verdict = e.verdict(res.Mark)
	}
	e.add(notice{Event: End(res, verdict, reason, e.world.Now()), Result: path, Ended: path != ""})
}

// verdict is what the invalidation log says, looked up once a mark: an
// eviction can end thousands of results.
func (e *Log) verdict(m store.Mark) store.Verdict {
	v, known := e.verdicts[m]
	if !known {
		v = e.store.Since(m)
		e.verdicts[m] = v
	}
	return v
}

// Call tells what became of a call of `memo run`, in the order in which it
// happened: the answer, the ends of results that it replaced, the rest.
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

// add tells one event.
func (e *Log) add(n notice) {
	n.Event.Path = ""
	if n.Event.Command == nil {
		n.Event.Command = []string{}
	}
	line, err := json.Marshal(n)
	if err != nil {
		return // a time that no calendar has
	}
	e.held = append(append(e.held, line...), '\n')
	if len(e.held) > mostHeld {
		e.tell()
	}
}

// tell passes what is held back on to the detached process.
func (e *Log) tell() {
	if e.teller == nil && !e.broken {
		e.start()
	}
	if !e.broken && len(e.held) > 0 {
		_, err := e.teller.Write(e.held)
		e.broken = err != nil
	}
	e.held = nil
}

// start starts the detached process. A failure is ignored:
// what was set aside is swept later.
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
	e.teller = write
}

// Flush ends the events of this call.
func (e *Log) Flush() {
	if e == nil || len(e.held) == 0 && e.teller == nil {
		return
	}
	e.tell()
	if e.teller != nil {
		e.teller.Close()
	}
}
