package recall

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// sample returns a record in which every field is set.
func sample() *Record {
	st := fingerprint.Stat{Dev: 1, Ino: math.MaxUint64, Mode: 0o100644, Size: 3, Mtime: -4, Ctime: math.MaxInt64}
	return &Record{
		NotBefore: -1, FreshUntil: math.MaxInt64 - 1, StaleUntil: math.MaxInt64, Program: st,
		Argv: []string{"memo", "run", "", "a b\n\xff"}, Dir: "/dir", Euid: 1000, Egid: math.MaxUint32,
		Variables: []Variable{{Name: "A", Set: true, Value: Digest{1}}, {Name: "B"}},
		Prefixes:  []Prefix{{Prefix: "MEMO_", Count: 2, Sum: Digest{2}}},
		Paths: []fingerprint.Consultation{
			{Path: "/a", Stat: st},
			{Path: "/b", Absent: true, Follow: true},
			{Path: "/c", Stat: st, Follow: true, Access: fingerprint.MayRead | fingerprint.MayNotExecute},
		},
		Items: []Item{{"invalidations", st}, {"results/abc", st}}, Result: Item{"results/abc/x", st},
		Key: fingerprint.Key{3}, ID: 4, Elapsed: 5, ExitCode: 255,
		Chunks: []Chunk{{Stream: 1, Data: []byte("out")}, {Stream: 2, Data: []byte("err")}},
	}
}

func TestDigest(t *testing.T) {
	// The last vector of the reference code: key 00..0f, input 00..3e.
	var key secret
	var in []byte
	for i := range 63 {
		in = append(in, byte(i))
	}
	copy(key[:], in)
	got := key.digest(in)
	if want := "5150d1772f50834a503e069a973fbd7c"; hex.EncodeToString(got[:]) != want {
		t.Errorf("got %x, want %s", got, want)
	}
}

func TestRecordCodec(t *testing.T) {
	chunks := [][]Chunk{
		nil,
		sample().Chunks,
		{{Stream: 1, Data: []byte{}}},
		{{Stream: 2, Offset: 48, Length: math.MaxInt64}, {Stream: 1, Offset: 1, Length: 0}},
	}
	key := secret{1, 2, 3}
	for _, c := range chunks {
		want := sample()
		want.Chunks = c
		b, err := want.encode(&key)
		if err != nil {
			t.Fatal(err)
		}
		got, rest, err := decode(append(b, "rest"...), &key)
		if err != nil || string(rest) != "rest" {
			t.Fatalf("decode: rest %q, %v", rest, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestRecordRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Record){
		"racy path":      func(r *Record) { r.Paths[0].Racy = true },
		"relative path":  func(r *Record) { r.Paths[0].Path = "a" },
		"NUL in a path":  func(r *Record) { r.Paths[0].Path = "/a\x00" },
		"NUL in a word":  func(r *Record) { r.Argv[2] = "\x00" },
		"mixed chunks":   func(r *Record) { r.Chunks[1].Data = nil },
		"stream 3":       func(r *Record) { r.Chunks[1].Stream = 3 },
		"exit code 256":  func(r *Record) { r.ExitCode = 256 },
		"over 4 MiB":     func(r *Record) { r.Argv[2] = string(bytes.Repeat([]byte("x"), maxFile)) },
		"100,000 chunks": func(r *Record) { r.Chunks = slices.Repeat(r.Chunks, 50_000) },
	} {
		r := sample()
		spoil(r)
		if _, err := r.encode(&secret{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzDecode alters records, with a right checksum and with a wrong one.
func FuzzDecode(f *testing.F) {
	key := secret{1}
	b, err := sample().encode(&key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, true)
	f.Add(b, false)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		if seal {
			b = sealed(b, &key)
		}
		r, rest, err := decode(b, &key)
		if err != nil {
			return
		}
		again, err := r.encode(&key)
		if err != nil {
			t.Fatalf("what was decoded is refused: %v", err)
		}
		if !bytes.Equal(again, b[:len(b)-len(rest)]) {
			t.Errorf("decoded %x, encoded %x", b, again)
		}
	})
}

// sealed gives altered bytes the size and the checksum of a record.
func sealed(b []byte, key *secret) []byte {
	b = bytes.Clone(b)
	if len(b) < headerSize+digestSize {
		return b
	}
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[len(magic):], uint32(len(b)))
	sum := key.digest(b[:len(b)-digestSize])
	copy(b[len(b)-digestSize:], sum[:])
	return b
}

// newTable returns a table in a store with results/abc/x.
func newTable(t *testing.T) *Table {
	t.Helper()
	store := t.TempDir()
	if err := os.MkdirAll(filepath.Join(store, "results", "abc"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(store, "results", "abc", "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := Open(store)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestTable(t *testing.T) {
	table := newTable(t)
	for i := range 2 * maxRecords {
		r := sample()
		r.Variables[0].Value = Digest{byte(i)}
		if err := table.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	// Another process finds what this one wrote.
	table, err := Open(table.store)
	if err != nil {
		t.Fatal(err)
	}
	got, err := table.Read(sample().Argv, "/dir")
	if err != nil || len(got) != maxRecords || got[0].Variables[0].Value != (Digest{2*maxRecords - 1}) {
		t.Fatalf("read %d records, %v; want the newest %d", len(got), err, maxRecords)
	}
	if got, err := table.Read(sample().Argv, "/"); len(got) != 0 || err != nil {
		t.Errorf("elsewhere: %d records, %v", len(got), err)
	}
}

func TestTableDrops(t *testing.T) {
	for name, c := range map[string]struct {
		old, young func(*Record)
		left       int
	}{
		"nothing":        {func(r *Record) { r.Variables[1].Set = true }, func(*Record) {}, 2},
		"same result":    {func(r *Record) { r.Paths[0].Stat.Ino++ }, func(*Record) {}, 1},
		"ended":          {func(r *Record) { r.Variables[1].Set, r.StaleUntil = true, 5 }, func(r *Record) { r.NotBefore = 5 }, 1},
		"gone result":    {func(r *Record) { r.Result.Name, r.Paths[0].Stat.Ino = "results/abc/y", 5 }, func(*Record) {}, 1},
		"old memo":       {func(r *Record) { r.Variables[1].Set, r.Program.Ino = true, 5 }, func(*Record) {}, 1},
		"other file":     {func(r *Record) { r.Result.Name, r.Paths[0].Stat.Ino = "results/abc", 5 }, func(*Record) {}, 2},
		"same condition": {func(r *Record) { r.Result.Name = "results/abc" }, func(*Record) {}, 1},
	} {
		table := newTable(t)
		old, young := sample(), sample()
		c.old(old)
		c.young(young)
		for _, r := range []*Record{old, young} {
			if err := table.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := table.Read(young.Argv, young.Dir); err != nil || len(got) != c.left {
			t.Errorf("%s: %d records left, %v; want %d", name, len(got), err, c.left)
		}
	}
}

// TestOpenAtOnce has many openers make the key at once: all must agree on it.
func TestOpenAtOnce(t *testing.T) {
	store := t.TempDir()
	keys := make(chan secret)
	const n = 16
	for range n {
		go func() {
			table, err := Open(store)
			if err != nil {
				t.Error(err)
				keys <- secret{}
				return
			}
			keys <- table.key
		}()
	}
	first := <-keys
	for range n - 1 {
		if k := <-keys; k != first {
			t.Errorf("keys %x and %x", first, k)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(store, "recall", tmpPrefix+"*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
