package store

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// newerResult puts a result into the store that has a part which a later memo
// might write.
func newerResult(t *testing.T, s *Store, before, after []rawPart) (Ref, []byte) {
	t.Helper()
	data, res := sealedResult(t, before, after, []byte("hello"))
	ref := Ref{Key: fingerprint.Key{}, Created: res.Created, ID: 7}
	path := s.ResultPath(ref)
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, data, 0o600))
	return ref, data
}

func TestNewerResultsAreLeft(t *testing.T) {
	files := []rawPart{{3, []byte("output files")}}
	large := []rawPart{{200, make([]byte, 2*smallSize)}, {4, nil}}
	for what, parts := range map[string][2][]rawPart{
		"behind the streams": {nil, files},
		"before the streams": {files, nil},
		"large":              {large, large},
	} {
		s := openTest(t)
		ref, data := newerResult(t, s, parts[0], parts[1])
		var newer *NewerError
		if _, err := DecodeResult(bytes.NewReader(data), what, math.MaxInt64, ignoreOutput); !errors.As(err, &newer) {
			t.Errorf("%s: decoded: got %v, want a NewerError", what, err)
		}
		r, err := s.Open(ref)
		must(t, err)
		if r.Result.Created != 1 || len(r.Result.Argv) != 2 {
			t.Errorf("%s: got metadata %+v", what, r.Result)
		}
		if err := r.Verify(); !errors.As(err, &newer) {
			t.Errorf("%s: got %v, want a NewerError", what, err)
		}
		if err := r.Chunks(func(Stream, int64, int64) error { return nil }); !errors.As(err, &newer) {
			t.Errorf("%s: chunks: got %v, want a NewerError", what, err)
		}
		must(t, r.Close())

		// Neither what goes through the store nor a result in its place removes it.
		n, err := s.VerifyAll(true, func(path string, problem error) { t.Errorf("%s: %s: %v", what, path, problem) })
		must(t, err)
		if n != 1 {
			t.Errorf("%s: %d files were checked, want 1", what, n)
		}
		keep := put(t, s, ref.Key, testResult(2), "new")
		must(t, s.Prune(keep, func(*Result) bool { return true }, nil))
		if _, err := os.Stat(s.ResultPath(ref)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestNewerField: a field that a later memo adds may matter, so it is not
// overlooked.
func TestNewerField(t *testing.T) {
	meta := []byte{0xb9, 0, 2, 0x01, 0x58, 32} // a key, and field 99
	meta = append(append(meta, make([]byte, 32)...), 0x18, 99, 1)
	data := sealed([]rawPart{{partStreams, nil}}, meta)
	r, err := openBytes(t, openTest(t), data)
	must(t, err)
	defer r.Close()
	var newer *NewerError
	if err := r.Verify(); !errors.As(err, &newer) {
		t.Errorf("got %v, want a NewerError", err)
	}
}

// TestUnknownKindMustBeSealed: a kind that damage made is damage.
func TestUnknownKindMustBeSealed(t *testing.T) {
	s := openTest(t)
	_, data := newerResult(t, s, nil, []rawPart{{3, []byte("x")}})
	at := streamsAt + chunkHeaderSize + len("hello")
	if data[at] != 3 {
		t.Fatalf("got kind %d at %d, want 3", data[at], at)
	}
	data[at] = 5
	var corrupt *CorruptError
	if _, err := openBytes(t, s, data); !errors.As(err, &corrupt) {
		t.Errorf("got %v, want a CorruptError", err)
	}
	if _, err := DecodeResult(bytes.NewReader(data), "x", math.MaxInt64, ignoreOutput); !errors.As(err, &corrupt) {
		t.Errorf("decoded: got %v, want a CorruptError", err)
	}
}

// TestDecodeResultIsBounded: lengths that lie cost no memory, and what is over
// the limit is refused before it is read.
func TestDecodeResultIsBounded(t *testing.T) {
	begin := appendHeader(nil, testKey(1), 7)
	lying := appendPartHeader(begin, partMeta, maxMeta)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := DecodeResult(bytes.NewReader(lying), "x", math.MaxInt64, ignoreOutput)
	runtime.ReadMemStats(&after)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) {
		t.Errorf("got %v, want a CorruptError", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > maxMeta/8 {
		t.Errorf("%d bytes were allocated", n)
	}
	s := openTest(t)
	ref := put(t, s, testKey(1), testResult(1), "hello")
	data, err := os.ReadFile(s.ResultPath(ref))
	must(t, err)
	for _, limit := range []int64{0, headerSize, int64(len(data)) - 1, -1, math.MinInt64} {
		if _, err := DecodeResult(bytes.NewReader(data), "x", limit, ignoreOutput); err == nil {
			t.Errorf("decoded with a limit of %d", limit)
		}
	}
	_, err = DecodeResult(bytes.NewReader(data), "x", int64(len(data)), ignoreOutput)
	must(t, err)
	stop := errors.New("stop")
	if _, err := DecodeResult(bytes.NewReader(data), "x", math.MaxInt64, func(Stream, []byte) error { return stop }); err != stop {
		t.Errorf("got %v, want the error of the output", err)
	}
}
