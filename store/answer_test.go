package store

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func question(b byte) (q fingerprint.Digest) {
	for i := range q {
		q[i] = b
	}
	return q
}

func TestAnswerIsKept(t *testing.T) {
	s := openTest(t)
	if _, ok := s.Answer(question(1)); ok {
		t.Error("an answer before there is one")
	}
	want := Answer{Digest: question(7), Asked: 1_800_000_000}
	if err := s.KeepAnswer(question(1), want); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.Answer(question(1)); !ok || got != want {
		t.Errorf("got %v, %v, want %v", got, ok, want)
	}
	if err := os.RemoveAll(s.Root()); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepAnswer(question(1), want); err != nil {
		t.Errorf("after the cache was deleted: %v", err)
	}
	info, err := os.Stat(s.Path(answersDir, question(1).String()))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); renameOpen && got != 0o600 {
		t.Errorf("mode: got %o, want 600", got)
	}
}

func TestAnswerOfAnotherQuestion(t *testing.T) {
	s := openTest(t)
	if err := s.KeepAnswer(question(1), Answer{Asked: 1}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(s.Path(answersDir, question(1).String()), s.Path(answersDir, question(2).String())); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Answer(question(2)); ok {
		t.Error("a file that was renamed is an answer")
	}
}

func TestQuestionIsAskedByOneAtATime(t *testing.T) {
	s := openTest(t)
	var asking, asked atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			defer s.LockQuestion(question(3))()
			if _, ok := s.Answer(question(3)); ok {
				return
			}
			if asking.Add(1) > 1 {
				t.Error("two ask at once")
			}
			asked.Add(1)
			if err := s.KeepAnswer(question(3), Answer{Asked: 5}); err != nil {
				t.Error(err)
			}
			asking.Add(-1)
		})
	}
	all.Wait()
	if got := asked.Load(); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
	names, err := os.ReadDir(s.Path(answersDir))
	if err != nil || renameOpen && len(names) != 1 {
		t.Errorf("%d files are left, %v; want the answer alone", len(names), err)
	}
}

func TestSweepRemovesOldAnswers(t *testing.T) {
	s := openTest(t)
	if err := s.KeepAnswer(question(1), Answer{Asked: 1}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.sweep(time.Now().Add(answerKept - time.Hour)); n != 0 || err != nil {
		t.Errorf("before its time: removed %d, %v", n, err)
	}
	if n, err := s.sweep(time.Now().Add(answerKept + time.Hour)); n != 1 || err != nil {
		t.Errorf("after its time: removed %d, %v, want 1", n, err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte{}, int64(0))
	f.Add(encodeAnswer(question(1), Answer{Digest: question(2), Asked: 3}), int64(3))
	f.Fuzz(func(t *testing.T, b []byte, asked int64) {
		if a, ok := decodeAnswer(question(1), b); ok && string(encodeAnswer(question(1), a)) != string(b) {
			t.Errorf("accepted % x", b)
		}
		want := Answer{Digest: question(9), Asked: asked}
		if got, ok := decodeAnswer(question(1), encodeAnswer(question(1), want)); !ok || got != want {
			t.Errorf("got %v, %v, want %v", got, ok, want)
		}
	})
}
