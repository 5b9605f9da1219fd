//go:build cgo && (linux || darwin)

package recall

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// parse has the C code compare records with an invocation under the
// sanitizers and returns its verdicts.
func (s *stage) parse(argv []string, records [][]byte) []string {
	s.t.Helper()
	var in bytes.Buffer
	for _, b := range records {
		in.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(b))))
		in.Write(b)
	}
	cmd := exec.Command(s.driver, append([]string{"parse", s.store, s.dir}, argv...)...)
	cmd.Env, cmd.Stdin = s.env, &in
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("the driver failed: %v\n%s", err, errs.String())
	}
	var verdicts []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		verdicts = append(verdicts, lines.Text())
	}
	if len(verdicts) != len(records) {
		s.t.Fatalf("%d verdicts on %d records", len(verdicts), len(records))
	}
	return verdicts
}

// parsable returns a record that holds for the driver's parser, whose program
// has no stat and whose clock shows 1000.
func (s *stage) parsable() *Record {
	r := s.record()
	r.Argv = []string{"a", "b"}
	r.Program.Dev, r.Program.Ino, r.Program.Mode, r.Program.Size, r.Program.Mtime, r.Program.Ctime = 0, 0, 0, 0, 0, 0
	r.NotBefore, r.FreshUntil, r.StaleUntil = 1000, 1001, 1001
	return r
}

func (s *stage) encode(r *Record) []byte {
	s.t.Helper()
	b, err := r.encode(&s.table.key)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// TestParse alters records by truncation, by flipped bits and by hostile
// numbers, without and with a right checksum. A record with a wrong one must not
// hold; the sanitizers say whether anything is read that should not be. To try
// more than 100,000 records:
//
//	MEMO_PARSE_RECORDS=10000000 go test -run TestParse ./recall
func TestParse(t *testing.T) {
	left := 100_000
	if text := os.Getenv("MEMO_PARSE_RECORDS"); text != "" {
		var err error
		if left, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	s := newStage(t)
	if err := os.Remove(filepath.Join(s.store, "journal")); err != nil { // else the driver would serve
		t.Fatal(err)
	}
	inline := s.encode(s.parsable())
	inFile := s.parsable()
	inFile.Chunks = []Chunk{{Stream: 1, Offset: 3, Length: 5}, {Stream: 2, Offset: 0, Length: 1}}
	old := s.parsable()
	old.FreshUntil = 1000 // it is stale
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for left > 0 {
		for _, b := range [][]byte{inline, s.encode(inFile), s.encode(old)} {
			left -= s.parseAltered(b, rng)
		}
	}
}

// parseAltered tries a record that holds, and altered ones. It returns how many
// they were.
func (s *stage) parseAltered(b []byte, rng *rand.Rand) int {
	s.t.Helper()
	if s.parse([]string{"a", "b"}, [][]byte{b})[0] == "no" {
		s.t.Fatal("the record itself does not hold")
	}
	altered := alterations(b, rng)
	for i, verdict := range s.parse([]string{"a", "b"}, altered) {
		if verdict != "no" && !bytes.Equal(altered[i], b) {
			s.t.Errorf("altered record %d holds without a right checksum", i)
		}
	}
	for i := range altered {
		altered[i] = sealed(altered[i], &s.table.key)
	}
	s.parse([]string{"a", "b"}, altered)
	return 2 * len(altered)
}

// alterations returns altered copies of a record.
func alterations(b []byte, rng *rand.Rand) [][]byte {
	var all [][]byte
	add := func(change func(c []byte) []byte) { all = append(all, change(bytes.Clone(b))) }
	for n := range b {
		add(func(c []byte) []byte { return c[:n] })
		add(func(c []byte) []byte { c[n] ^= 1 << rng.IntN(8); return c })
	}
	for _, hostile := range []uint32{0, 1, 2, 255, 1 << 16, 1<<31 - 1, 1 << 31, 1<<32 - 2, 1<<32 - 1, uint32(len(b))} {
		for n := range len(b) - 4 {
			add(func(c []byte) []byte { binary.LittleEndian.PutUint32(c[n:], hostile); return c })
		}
	}
	for range 2000 {
		add(func(c []byte) []byte {
			for range 1 + rng.IntN(4) {
				i, j := rng.IntN(len(c)), rng.IntN(len(c))
				switch rng.IntN(3) {
				case 0:
					c[i] = byte(rng.Uint32())
				case 1:
					c = append(c[:min(i, j)], c[max(i, j):]...)
				default:
					c = append(c[:max(i, j):max(i, j)], c[min(i, j):]...)
				}
				if len(c) == 0 {
					break
				}
			}
			return c
		})
	}
	return all
}
