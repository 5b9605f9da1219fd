package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// The leader of a run and its waiters communicate through a lock file. The
// process that holds its kernel lock exclusively is the leader. Waiters take it
// shared, for an instant, to find out whether the leader is gone. A file serves
// one run: the leader unlinks it while it holds the lock, and waiters read the
// outcome through their open descriptors. Integers are little-endian:
//
//	 0  magic [8], started int64   by the leader, once it holds the lock
//	16  heartbeat uint64           by the leader, every second
//	24  waited uint8               by waiters, 1
//	32  outcome, 96 bytes          by the leader, at its end
//	128 an encoded result, if the outcome says so, up to the end of the file;
//	    until then the annex, in a format of the leader's choice
//
// The outcome is kind uint8, 7 zero bytes, started int64, ended int64, the
// stored result's key [32], created int64 and id uint64, 8 zero bytes, and
// the first 16 bytes of the BLAKE3 hash of the preceding bytes.
const (
	lockMagic = "memo.l1\n"

	startedAt  = 8
	beatAt     = 16
	waitedAt   = 24
	outcomeAt  = 32
	embeddedAt = 128

	outcomeSum  = 80 // offset of the hash in the outcome
	outcomeSize = 96
)

// outcomeAbandoned marks the file of a dead leader, so that its contents can't
// pass for the outcome of a live run.
const outcomeAbandoned OutcomeKind = 255

// lockHeader returns the fields that the leader writes first.
func lockHeader(started int64) []byte {
	return binary.LittleEndian.AppendUint64([]byte(lockMagic), uint64(started))
}

// A lockState is the content of a lock file.
type lockState struct {
	led     bool // a leader has written its header
	started int64
	beat    uint64
	outcome Outcome // of kind Nothing or NoLeader if none was left
}

// readLock reads the state of a lock file. Missing or damaged fields count as
// never written.
func readLock(f *os.File) (lockState, error) {
	b := make([]byte, embeddedAt)
	if n, err := f.ReadAt(b, 0); err != nil && n == 0 && !isEOF(err) {
		return lockState{}, fmt.Errorf("read lock %q: %w", f.Name(), bare(err))
	}
	if string(b[:len(lockMagic)]) != lockMagic {
		return lockState{outcome: Outcome{Kind: OutcomeNoLeader}}, nil
	}
	st := lockState{led: true, outcome: Outcome{Kind: OutcomeNothing}}
	le := binary.LittleEndian
	st.started = int64(le.Uint64(b[startedAt:]))
	st.beat = le.Uint64(b[beatAt:])
	if o, err := decodeOutcome(b[outcomeAt:]); err == nil {
		st.outcome = o
	} else if OutcomeKind(b[outcomeAt]) == outcomeAbandoned {
		st.outcome.Kind = OutcomeNoLeader
	}
	return st, nil
}

// encodeOutcome returns the bytes of an outcome without its Reading.
func encodeOutcome(o Outcome) []byte {
	le := binary.LittleEndian
	b := make([]byte, 8, outcomeSize)
	b[0] = byte(o.Kind)
	b = le.AppendUint64(b, uint64(o.Started))
	b = le.AppendUint64(b, uint64(o.Ended))
	b = append(b, o.Ref.Key[:]...)
	b = le.AppendUint64(b, uint64(o.Ref.Created))
	b = le.AppendUint64(b, o.Ref.ID)
	b = le.AppendUint64(b, 0)
	sum := checksum(b)
	return append(b, sum[:outcomeSize-outcomeSum]...)
}

// decodeOutcome reads an outcome of outcomeSize bytes that a leader left.
func decodeOutcome(b []byte) (Outcome, error) {
	le := binary.LittleEndian
	o := Outcome{
		Kind:    OutcomeKind(b[0]),
		Started: int64(le.Uint64(b[8:])),
		Ended:   int64(le.Uint64(b[16:])),
		Ref: Ref{
			Key:     fingerprint.Key(b[24:56]),
			Created: int64(le.Uint64(b[56:])),
			ID:      le.Uint64(b[64:]),
		},
	}
	if o.Kind != OutcomeStored && o.Kind != OutcomeEmbedded || string(encodeOutcome(o)) != string(b[:outcomeSize]) {
		return Outcome{}, errors.New("no outcome")
	}
	return o, nil
}
