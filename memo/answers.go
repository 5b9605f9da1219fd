package memo

import (
	"os"
	"slices"
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// SessionVar is the environment variable that names the session which a call
// is part of. In a session each version command is asked once.
const SessionVar = "MEMO_SESSION"

// A versionAnswer is what a version command said when this call asked, or
// another call before it did.
type versionAnswer struct {
	digest fingerprint.Digest
	err    error
	// kept says that it is the answer for more than this call, so that asking
	// again makes no sense.
	kept bool
}

// answers are those of the version commands so far. A lookup that was given up
// at the deadline may still add to them.
type answers struct {
	mu    sync.Mutex
	known map[string]versionAnswer
	files []string  // of the answers that were kept
	until time.Time // when the first of them ends; zero: none does
}

// of returns the answer to a question of this call.
func (l *answers) of(asked string) (versionAnswer, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.known[asked]
	return a, ok
}

// add notes an answer.
func (l *answers) add(asked string, a versionAnswer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]versionAnswer{}
	}
	l.known[asked] = a
}

// used notes the file of an answer, and when it ends; zero: it doesn't.
func (l *answers) used(path string, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = append(l.files, path)
	if !until.IsZero() && (l.until.IsZero() || until.Before(l.until)) {
		l.until = until
	}
}

// tell fills in what an outcome rests on.
func (l *answers) tell(o *Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o.Answers, o.AnswerUntil = slices.Clone(l.files), l.until
}

// forget makes version commands be asked again, except where the answer holds
// for longer than a moment.
func (l *answers) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for asked, a := range l.known {
		if !a.kept {
			delete(l.known, asked)
		}
	}
}

// version returns what stands for the output of a version command. Within a
// call it is asked once before the run and once after it; with a VersionTTL
// at most that often, and in a session once, whichever process asks. A
// failure is never kept.
func (c *call) version(script, dir string) ([]byte, error) {
	asked := dir + "\x00" + script
	a, ok := c.versions.of(asked)
	if !ok {
		a = c.answer(script, dir)
		c.versions.add(asked, a)
	}
	if a.err != nil {
		return nil, a.err
	}
	return a.digest[:], nil
}

// answer finds out what a version command says.
func (c *call) answer(script, dir string) versionAnswer {
	session, _ := c.World.LookupEnv(SessionVar)
	if session == "" && c.policy.VersionTTL <= 0 {
		c.World.NeverRecall()
		digest, err := c.askVersion(script, dir)
		return versionAnswer{digest: digest, err: err}
	}
	question := c.question(session, script, dir)
	if a, ok := c.keptAnswer(session, question); ok {
		return a
	}
	unlock := c.Store.LockQuestion(question)
	defer unlock()
	if a, ok := c.keptAnswer(session, question); ok {
		return a // from whom this call has waited for
	}
	now := c.World.Now()
	digest, err := c.askVersion(script, dir)
	if err != nil {
		c.World.NeverRecall()
		return versionAnswer{err: err}
	}
	if c.Store.KeepAnswer(question, store.Answer{Digest: digest, Asked: now.UnixNano()}) != nil {
		c.World.NeverRecall() // the next call will have another answer
		return versionAnswer{digest: digest}
	}
	c.holdAnswer(session, question, now)
	return versionAnswer{digest: digest, kept: true}
}

// keptAnswer returns an answer that still holds: in a session as long as it
// lasts, else for VersionTTL, and not if it is from the future.
func (c *call) keptAnswer(session string, question fingerprint.Digest) (versionAnswer, bool) {
	a, ok := c.Store.Answer(question)
	asked := time.Unix(0, a.Asked)
	age := c.World.Now().Sub(asked)
	if !ok || session == "" && (age < 0 || age >= c.policy.VersionTTL) {
		return versionAnswer{}, false
	}
	c.holdAnswer(session, question, asked)
	return versionAnswer{digest: a.Digest, kept: true}, true
}

// holdAnswer notes that an answer was used, and until when it holds.
func (c *call) holdAnswer(session string, question fingerprint.Digest, asked time.Time) {
	until := time.Time{}
	if session == "" {
		until = asked.Add(c.policy.VersionTTL)
	}
	c.versions.used(c.Store.AnswerPath(question), until)
}

// question is what an answer is kept under: everything that the answer is
// expected to depend on while it is not asked for.
func (c *call) question(session, script, dir string) fingerprint.Digest {
	h := fingerprint.NewFieldHash("memo version question 1")
	h.String("session", session)
	h.String("script", script)
	h.String("dir", dir)
	h.Int("euid", int64(os.Geteuid()))
	for _, e := range append(c.id.Env[:len(c.id.Env):len(c.id.Env)], c.World.EnvState("PATH")) {
		h.String("name", e.Name)
		h.Bool("set", e.Set)
		h.Digest("value", e.Digest)
	}
	return h.Sum()
}
