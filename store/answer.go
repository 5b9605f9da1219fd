package store

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An Answer is what a version command last said: a digest of it, and when it
// was asked, in nanoseconds since the epoch.
type Answer struct {
	Digest fingerprint.Digest
	Asked  int64
}

// An answer is a file versions/<question>: magic [8], the question [32], when
// it was asked int64 (little-endian), the digest of the answer [32], and the
// BLAKE3 hash of all that. Losing one costs asking again.
const (
	answersDir  = "versions"
	answerMagic = "memo.v1\n"
	answerBody  = 8 + 32 + 8 + 32
	answerSize  = answerBody + 32

	// answerKept is how long an answer is kept at most. No one holds longer,
	// and so no session lasts longer.
	answerKept = 30 * 24 * time.Hour
	// answerWait is how long to wait for a call that asks the same: a little
	// longer than a version command may take where the machine is not busy.
	answerWait = 11 * time.Second
)

// AnswerPath returns the path of the file of the answer to a question.
func (s *Store) AnswerPath(question fingerprint.Digest) string {
	return s.Path(answersDir, question.String())
}

// Answer returns the answer that is kept for a question. What is damaged is
// none.
func (s *Store) Answer(question fingerprint.Digest) (Answer, bool) {
	f, err := os.OpenFile(s.AnswerPath(question), os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return Answer{}, false
	}
	defer f.Close()
	return readAnswer(f, question)
}

// readAnswer reads the file of an answer.
func readAnswer(f *os.File, question fingerprint.Digest) (Answer, bool) {
	b := make([]byte, answerSize+1)
	n, _ := f.ReadAt(b, 0) // a short one is known by its length
	return decodeAnswer(question, b[:n])
}

// KeepAnswer keeps an answer until a later one takes its place.
func (s *Store) KeepAnswer(question fingerprint.Digest, a Answer) error {
	path := s.AnswerPath(question)
	err := s.inDir(filepath.Dir(path), func() error { return writeWhole(path, encodeAnswer(question, a)) })
	if err != nil {
		return fmt.Errorf("keep answer %q: %w", path, bare(err))
	}
	return nil
}

// LockQuestion waits until no other call asks the question and keeps others
// from it until unlock is called. It is there to spare work: if it can't be
// had in some seconds, or at all, the caller goes on without.
func (s *Store) LockQuestion(question fingerprint.Digest) (unlock func()) {
	if err := s.makeDir(s.Path(answersDir)); err != nil {
		return func() {}
	}
	name := filepath.Join(answersDir, tmpPrefix+question.String())
	release, err := s.lockMutex(name, exclusive, answerWait)
	if err != nil {
		return func() {}
	}
	return func() {
		// Calls that wait for the removed file look for the answer first.
		_ = os.Remove(s.Path(name)) // it is swept where it can't be removed open
		release()
	}
}

func encodeAnswer(question fingerprint.Digest, a Answer) []byte {
	b := append(make([]byte, 0, answerSize), answerMagic...)
	b = append(b, question[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(a.Asked))
	b = append(b, a.Digest[:]...)
	sum := checksum(b)
	return append(b, sum[:]...)
}

func decodeAnswer(question fingerprint.Digest, b []byte) (Answer, bool) {
	if len(b) != answerSize {
		return Answer{}, false
	}
	a := Answer{
		Digest: fingerprint.Digest(b[48:answerBody]),
		Asked:  int64(binary.LittleEndian.Uint64(b[40:])),
	}
	return a, string(b) == string(encodeAnswer(question, a))
}
