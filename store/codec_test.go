package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A piece is output as it was written.
type piece struct {
	stream Stream
	data   []byte
}

// record writes pieces and commits them.
func record(t testing.TB, s *Store, key fingerprint.Key, res *Result, pieces []piece) Ref {
	t.Helper()
	w := s.NewWriter(key)
	defer w.Discard()
	for _, p := range pieces {
		w.Write(p.stream, p.data)
	}
	ref, err := w.Commit(res)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// merged joins adjacent pieces of one stream and drops empty ones.
func merged(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		switch {
		case len(p.data) == 0:
		case len(out) > 0 && out[len(out)-1].stream == p.stream:
			out[len(out)-1].data = append(out[len(out)-1].data, p.data...)
		default:
			out = append(out, piece{p.stream, bytes.Clone(p.data)})
		}
	}
	return out
}

// output reads the chunks of r through ReadAt and through File.
func output(t testing.TB, r *Reading) []piece {
	t.Helper()
	var out []piece
	err := r.Chunks(func(stream Stream, off, n int64) error {
		a, b := make([]byte, n), make([]byte, n)
		if _, err := r.ReadAt(a, off); err != nil {
			return err
		}
		if _, err := r.File().ReadAt(b, off); err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			t.Error("ReadAt and File differ")
		}
		out = append(out, piece{stream, a})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func checkOutput(t testing.TB, r *Reading, pieces []piece) {
	t.Helper()
	if err := r.Verify(); err != nil {
		t.Fatal(err)
	}
	got, want := output(t, r), merged(pieces)
	if len(got) != len(want) {
		t.Fatalf("got %d chunks, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i].stream != want[i].stream || !bytes.Equal(got[i].data, want[i].data) {
			t.Fatalf("chunk %d differs", i)
		}
	}
}

func FuzzResult(f *testing.F) {
	f.Add("sh\xff", "", "/tmp", int64(5), 3, "tag", []byte("out"), []byte("err"), true)
	f.Add("", "x", "", int64(math.MinInt64), -1, "", []byte{}, []byte{0}, false)
	f.Fuzz(func(t *testing.T, arg, scope, dir string, created int64, exit int, tag string, out, errs []byte, yes bool) {
		s := openTest(t)
		res := &Result{
			Scope: scope, Argv: []string{arg, ""}, Dir: dir, AnyDir: yes, Created: created,
			Elapsed: time.Duration(created), ExitCode: exit, Tags: []string{tag},
			Lifetimes: Lifetimes{TTL: time.Duration(exit), Never: yes, CacheExit: []int{exit}},
			Env:       []fingerprint.EnvState{{Name: tag, Set: yes}},
			Fingerprints: []fingerprint.Fingerprint{{
				Dep:     fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: dir, Excludes: []string{arg}},
				Entries: []fingerprint.Entry{{Path: arg, Stat: fingerprint.Stat{Ino: 7}, Target: &fingerprint.Stat{Size: created}}},
				Err:     tag,
			}},
			Mark: Mark{Log: [16]byte{1, 2}, Length: created},
		}
		pieces := []piece{{Stderr, errs}, {Stdout, out}, {Stdout, errs}, {Stderr, out}}
		ref := record(t, s, testKey(byte(exit)), res, pieces)
		r, err := s.Open(ref)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if !reflect.DeepEqual(r.Result, res) {
			t.Errorf("got %+v, want %+v", r.Result, res)
		}
		checkOutput(t, r, pieces)
		checkExchange(t, r, pieces)
	})
}

// checkExchange sends a result through EncodeResult and DecodeResult.
func checkExchange(t *testing.T, r *Reading, pieces []piece) {
	t.Helper()
	var sent bytes.Buffer
	must(t, EncodeResult(&sent, r))
	var got []piece
	take := func(stream Stream, p []byte) error {
		got = append(got, piece{stream, bytes.Clone(p)})
		return nil
	}
	res, err := DecodeResult(iotest.HalfReader(&sent), "x", r.Size(), take)
	must(t, err)
	if !reflect.DeepEqual(res, r.Result) {
		t.Errorf("got %+v, want %+v", res, r.Result)
	}
	if got, want := merged(got), merged(pieces); !reflect.DeepEqual(got, want) {
		t.Errorf("got %d pieces, want %d, or they differ", len(got), len(want))
	}
	if sent.Len() > 0 {
		t.Errorf("%d bytes were not read", sent.Len())
	}
}

// FuzzOpen feeds arbitrary bytes to the decoder: nothing may panic, and
// nothing but what was written may verify.
func FuzzOpen(f *testing.F) {
	s := openTest(f)
	w := s.NewWriter(testKey(1))
	w.id = 7 // the same in all fuzzing processes
	w.buf = w.appendBegin(nil, 0)
	w.Write(Stdout, []byte("a"))
	w.Write(Stderr, []byte("b"))
	ref, err := w.Commit(testResult(1))
	if err != nil {
		f.Fatal(err)
	}
	sound, err := os.ReadFile(s.ResultPath(ref))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Add([]byte(resultMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		res, err := DecodeResult(bytes.NewReader(data), "x", 1<<20, ignoreOutput)
		if err == nil && !bytes.Equal(data, sound) && res.Created == 1 && res.Key == testKey(1) {
			t.Error("decoded altered")
		}
		r, err := openBytes(t, s, data)
		if err != nil {
			return
		}
		defer r.Close()
		r.Chunks(func(Stream, int64, int64) error { return nil })
		if r.Verify() == nil && !bytes.Equal(data, sound) && r.Result.Created == 1 && r.Result.Key == testKey(1) {
			t.Error("accepted altered")
		}
	})
}

// openBytes opens an encoded result that is in no store.
func openBytes(t *testing.T, s *Store, data []byte) (*Reading, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x")
	must(t, os.WriteFile(path, data, 0o600))
	file, err := os.Open(path)
	must(t, err)
	return s.openAt(file, 0)
}

func ignoreOutput(Stream, []byte) error { return nil }

// A rawPart is a part of an encoding of any kind.
type rawPart struct {
	kind    byte
	content []byte
}

// sealed encodes parts, the meta not among them, under a right checksum.
func sealed(parts []rawPart, meta []byte) []byte {
	header := appendHeader(nil, fingerprint.Key{}, 7)
	data, covered := bytes.Clone(header), bytes.Clone(header)
	for _, p := range append(slices.Clone(parts), rawPart{partMeta, meta}) {
		h := appendPartHeader(nil, p.kind, int64(len(p.content)))
		data, covered = slices.Concat(data, h, p.content), append(covered, h...)
	}
	foot := binary.LittleEndian.AppendUint64(nil, uint64(len(data)-len(meta)-partHeaderSize))
	sum := checksum(covered, meta, foot)
	return slices.Concat(data, foot, sum[:], []byte(footerMagic))
}

// sealedResult encodes a result of these chunks and other parts around them.
func sealedResult(t *testing.T, before, after []rawPart, chunks []byte) ([]byte, *Result) {
	t.Helper()
	w := openTest(t).NewWriter(fingerprint.Key{})
	w.Write(Stdout, chunks)
	res := testResult(1)
	_, err := w.seal(res)
	must(t, err)
	meta, err := marshal(res)
	must(t, err)
	streams := rawPart{partStreams, w.buf[streamsAt:]}
	return sealed(slices.Concat(before, []rawPart{streams}, after), meta), res
}

// FuzzSealed feeds arbitrary parts, chunks and metadata under a right checksum
// to the decoders, as a shared cache might: they must stay inside the file, and
// agree.
func FuzzSealed(f *testing.F) {
	meta, err := marshal(testResult(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(appendChunkHeader(nil, Stdout, 2), "hi"...), byte(partMeta), []byte{}, meta)
	f.Add(appendChunkHeader(nil, Stderr, math.MaxInt64), byte(3), []byte("files"), meta)
	f.Add([]byte{}, byte(partStreams), []byte{}, []byte{0xa1, 0x01, 0x40})
	s := openTest(f)
	f.Fuzz(func(t *testing.T, chunks []byte, kind byte, other, meta []byte) {
		parts := []rawPart{{partStreams, chunks}}
		if kind != partMeta { // which stands for no other part
			parts = append(parts, rawPart{kind, other})
		}
		data := sealed(parts, meta)
		_, streamed := DecodeResult(bytes.NewReader(data), "x", math.MaxInt64, ignoreOutput)
		r, err := openBytes(t, s, data)
		if err != nil {
			if streamed == nil {
				t.Errorf("decoded, but can't be opened: %v", err)
			}
			return
		}
		defer r.Close()
		err = r.Chunks(func(stream Stream, off, n int64) error {
			if stream != Stdout && stream != Stderr || off < streamsAt || n <= 0 || off+n > int64(streamsAt+len(chunks)) {
				t.Errorf("chunk of stream %d at %d with %d bytes", stream, off, n)
			}
			return nil
		})
		verr := r.Verify()
		if err != nil && verr == nil {
			t.Errorf("verified, but the chunks are bad: %v", err)
		}
		if kind != partMeta && verr == nil {
			t.Error("verified with a part of another kind")
		}
		if (verr == nil) != (streamed == nil) {
			t.Errorf("verified: %v, decoded: %v", verr, streamed)
		}
	})
}

func TestNoAlterationIsAccepted(t *testing.T) {
	s := openTest(t)
	ref := record(t, s, testKey(1), testResult(1), []piece{{Stdout, []byte("hello")}, {Stderr, []byte("w\n")}})
	path := s.ResultPath(ref)
	sound, err := os.ReadFile(path)
	must(t, err)
	check := func(what string, i int, data []byte) {
		must(t, os.WriteFile(path, data, 0o600))
		r, err := s.Open(ref)
		if err == nil {
			defer r.Close()
			err = r.Verify()
		}
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) {
			t.Errorf("%s at %d: got %v, want a CorruptError", what, i, err)
		}
		if _, err := DecodeResult(bytes.NewReader(data), path, math.MaxInt64, ignoreOutput); !errors.As(err, &corrupt) {
			t.Errorf("%s at %d, decoded: got %v, want a CorruptError", what, i, err)
		}
	}
	for i := range sound {
		for _, bit := range []byte{1, 0x80, 0xff} {
			altered := bytes.Clone(sound)
			altered[i] ^= bit
			check("altered byte", i, altered)
		}
		check("cut", i, sound[:i])
		check("doubled byte", i, append(bytes.Clone(sound[:i+1]), sound[i:]...))
	}
	check("trailing byte", len(sound), append(bytes.Clone(sound), 0))
}

func TestOpenSwapped(t *testing.T) {
	s := openTest(t)
	a := put(t, s, testKey(1), testResult(1), "a")
	for _, b := range []Ref{
		put(t, s, testKey(2), testResult(1), "b"),
		put(t, s, testKey(1), testResult(2), "b"),
		put(t, s, testKey(1), testResult(1), "b"),
	} {
		must(t, os.Rename(s.ResultPath(b), s.ResultPath(a)))
		var corrupt *CorruptError
		if _, err := s.Open(a); !errors.As(err, &corrupt) {
			t.Errorf("got %v, want a CorruptError", err)
		}
	}
	must(t, s.Remove(a))
	if _, err := s.Open(a); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want not exist", err)
	}
}

func TestUnmarshalIsStrict(t *testing.T) {
	for what, b := range map[string][]byte{
		"trailing":   {0xa0, 0x00},
		"duplicate":  {0xa2, 0x01, 0x01, 0x01, 0x01},
		"unknown":    {0xa1, 0x18, 0x63, 0x01},
		"indefinite": {0xbf, 0xff},
		"tag":        {0xc1, 0xa0},
		"huge array": {0xa1, 0x07, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0},
	} {
		if err := unmarshal(b, new(Lifetimes)); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestInterleavedChunks(t *testing.T) {
	s := openTest(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		var pieces []piece
		limit := []int{3, 3000, 200_000}[round%3]
		for range rng.IntN(300) {
			p := piece{Stream(1 + rng.IntN(2)), make([]byte, rng.IntN(limit))}
			for i := range p.data {
				p.data[i] = byte(rng.Uint32())
			}
			pieces = append(pieces, p)
		}
		ref := record(t, s, testKey(byte(round)), testResult(1), pieces)
		r, err := s.Open(ref)
		must(t, err)
		checkOutput(t, r, pieces)
		checkExchange(t, r, pieces)
		must(t, r.Close())
		must(t, s.Remove(ref))
	}
}
