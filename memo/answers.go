package memo

import (
	"os"
	"slices"
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// SessionVar is the environment variable that names the session of a call. In
// a session each version command runs once.
const SessionVar = "MEMO_SESSION"

// A versionAnswer is the output of a version command, run by this call or by
// an earlier one.
type versionAnswer struct {
	digest fingerprint.Digest
	err    error
	// kept says that the answer also holds for later calls, so that this call
	// need not ask again.
	kept bool
}

// answers holds the answers of version commands that this call has used. It is
// locked because a lookup abandoned at the deadline may still add to it.
type answers struct {
	mu    sync.Mutex
	known map[string]versionAnswer
	files []string  // the files of the kept answers
	until time.Time // the earliest end of the kept answers; zero: they have none
}

// get returns the answer to a question that this call has already asked.
func (l *answers) get(asked string) (versionAnswer, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.known[asked]
	return a, ok
}

// add records the answer to a question.
func (l *answers) add(asked string, a versionAnswer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]versionAnswer{}
	}
	l.known[asked] = a
}

// addKept records the file of a kept answer and when the answer ends; zero:
// never.
func (l *answers) addKept(path string, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = append(l.files, path)
	if !until.IsZero() && (l.until.IsZero() || until.Before(l.until)) {
		l.until = until
	}
}

// describe sets the answers that an outcome rests on.
func (l *answers) describe(o *Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o.Answers, o.AnswerUntil = slices.Clone(l.files), l.until
}

// forget drops the answers that are not kept, so that their version commands
// run again.
func (l *answers) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for asked, a := range l.known {
		if !a.kept {
			delete(l.known, asked)
		}
	}
}

// version returns a digest of the output of a version command. A call runs the
// command once before the run and once after it. With a VersionTTL all
// processes together run it at most once in that time, and in a session they
// run it once. A failure is never kept.
func (c *call) version(script, dir string) ([]byte, error) {
	asked := dir + "\x00" + script
	a, ok := c.versions.get(asked)
	if !ok {
		a = c.answer(script, dir)
		c.versions.add(asked, a)
	}
	if a.err != nil {
		return nil, a.err
	}
	return a.digest[:], nil
}

// answer returns a kept answer of a version command, or runs the command.
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
	if c.explains {
		digest, err := c.askVersion(script, dir)
		return versionAnswer{digest: digest, err: err}
	}
	unlock := c.Store.LockQuestion(question)
	defer unlock()
	if a, ok := c.keptAnswer(session, question); ok {
		return a // stored by the call that held the lock
	}
	now := c.World.Now()
	digest, err := c.askVersion(script, dir)
	if err != nil {
		c.World.NeverRecall()
		return versionAnswer{err: err}
	}
	if c.Store.KeepAnswer(question, store.Answer{Digest: digest, Asked: now.UnixNano()}) != nil {
		c.World.NeverRecall() // the next call may get another answer
		return versionAnswer{digest: digest}
	}
	c.useAnswer(session, question, now)
	return versionAnswer{digest: digest, kept: true}
}

// keptAnswer returns a kept answer that still holds. In a session an answer
// holds as long as the session lasts; otherwise it holds for VersionTTL, unless
// it is from the future.
func (c *call) keptAnswer(session string, question fingerprint.Digest) (versionAnswer, bool) {
	a, ok := c.Store.Answer(question)
	asked := time.Unix(0, a.Asked)
	age := c.World.Now().Sub(asked)
	if !ok || session == "" && (age < 0 || age >= c.policy.VersionTTL) {
		return versionAnswer{}, false
	}
	c.useAnswer(session, question, asked)
	return versionAnswer{digest: a.Digest, kept: true}, true
}

// useAnswer records that the call uses a kept answer, and until when it holds.
func (c *call) useAnswer(session string, question fingerprint.Digest, asked time.Time) {
	until := time.Time{}
	if session == "" {
		until = asked.Add(c.policy.VersionTTL)
	}
	c.versions.addKept(c.Store.AnswerPath(question), until)
}

// question returns the key of a kept answer. It covers every input that the
// answer may depend on as long as it is kept.
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
