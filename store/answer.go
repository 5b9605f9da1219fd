package store

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// An Answer is the last output of a version command, as a digest, and the time
// at which the command ran, in nanoseconds since the epoch.
type Answer struct {
	Digest fingerprint.Digest
	Asked  int64
}

// An answer is a file versions/<question>: magic [8], question [32], time
// int64 (little-endian), digest of the answer [32], and the BLAKE3 hash of the
// preceding bytes. If a file is lost, the version command runs again.
const (
	answersDir  = "versions"
	answerMagic = "memo.v1\n"
	answerBody  = 8 + 32 + 8 + 32
	answerSize  = answerBody + 32

	// answerKept bounds the age of an answer, and so the length of a session.
	answerKept = 30 * 24 * time.Hour
	// answerWait bounds the wait for another call that runs the same version
	// command. It is a little longer than a version command may take.
	answerWait = 11 * time.Second
)

// AnswerPath returns the path of the file of the answer to a question.
func (s *Store) AnswerPath(question fingerprint.Digest) string {
	return s.Path(answersDir, question.String())
}

// Answer returns the stored answer to a question. A damaged file counts as
// absent.
func (s *Store) Answer(question fingerprint.Digest) (Answer, bool) {
	f, err := os.OpenFile(s.AnswerPath(question), os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return Answer{}, false
	}
	defer f.Close()
	return readAnswer(f, question)
}

func readAnswer(f *os.File, question fingerprint.Digest) (Answer, bool) {
	b := make([]byte, answerSize+1)
	n, _ := f.ReadAt(b, 0) // decodeAnswer rejects a short read
	return decodeAnswer(question, b[:n])
}

// KeepAnswer stores an answer and replaces an earlier one.
func (s *Store) KeepAnswer(question fingerprint.Digest, a Answer) error {
	path := s.AnswerPath(question)
	err := s.inDir(filepath.Dir(path), func() error { return writeWhole(path, encodeAnswer(question, a)) })
	if err != nil {
		return fmt.Errorf("keep answer %q: %w", path, bare(err))
	}
	return nil
}

// LockQuestion keeps other calls from asking the same question until unlock is
// called. The lock only avoids duplicate work: if it is not available within
// answerWait, the caller continues without it.
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
		// Calls that wait on the removed file look for the answer first.
		_ = os.Remove(s.Path(name)) // a file that can't be removed is swept later
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
