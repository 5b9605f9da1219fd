package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func TestSelectorMatches(t *testing.T) {
	key := testKey(0xab)
	dep := filepath.Join(t.TempDir(), "go.mod")
	r := &Result{
		Key: key, Scope: "users", Argv: []string{"kubectl", "get", "pods"}, Created: 100,
		Dir: filepath.Dir(dep), Tags: []string{"cluster"},
		Fingerprints: []fingerprint.Fingerprint{{Dep: fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: "go.mod"}}},
	}
	for _, tt := range []struct {
		name string
		sel  Selector
		want bool
	}{
		{"zero", Selector{}, false},
		{"all", Selector{All: true}, true},
		{"path", Selector{Paths: []string{dep}}, true},
		{"directory above", Selector{Paths: []string{filepath.Dir(dep)}}, true},
		{"other path", Selector{Paths: []string{dep + "x"}}, false},
		{"tag", Selector{Tags: []string{"x", "cluster"}}, true},
		{"part of a tag", Selector{Tags: []string{"clus"}}, false},
		{"command", Selector{Commands: []string{"kubectl get *"}}, true},
		{"other command", Selector{Commands: []string{"kubectl"}}, false},
		{"scope", Selector{Scopes: []string{"users"}}, true},
		{"other scope", Selector{Scopes: []string{""}}, false},
		{"key prefix", Selector{Keys: []string{key.String()[:4]}}, true},
		{"other key", Selector{Keys: []string{"0000"}}, false},
		{"group", Selector{Groups: []string{key.Group()}}, true},
		{"part of a group", Selector{Groups: []string{key.Group()[:6]}}, false},
		{"before", Selector{Before: 101}, true},
		{"not before", Selector{Before: 100}, false},
		{"any of them", Selector{Tags: []string{"no"}, Before: 101}, true},
	} {
		if got := tt.sel.Matches(r); got != tt.want {
			t.Errorf("%s: Matches = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMatchLine(t *testing.T) {
	for _, tt := range []struct {
		glob, line string
		want       bool
	}{
		{"", "", true}, {"*", "", true}, {"*", "a b/c", true}, {"a", "ab", false},
		{"a*", "a", true}, {"a*a", "a", false}, {"a*a", "aa", true}, {"a*b*c", "a b b c", true},
		{"*b*", "abc", true}, {"*x*", "abc", false}, {"a*bc*c", "abc", false},
		{"curl http://x/?a=[1]", "curl http://x/?a=[1]", true}, {"a?", "ab", false},
	} {
		if got := matchLine(tt.glob, tt.line); got != tt.want {
			t.Errorf("matchLine(%q, %q) = %v, want %v", tt.glob, tt.line, got, tt.want)
		}
	}
	long := strings.Repeat("a*", 2000) + "b"
	if matchLine(long, strings.Repeat("a", 100_000)) {
		t.Error("a glob of many stars matches what does not end as it does")
	}
}

// TestSinceFindsExactlyTheLater marks the log at random moments and checks
// that each mark sees what was appended after it, in order.
func TestSinceFindsExactlyTheLater(t *testing.T) {
	s := openTest(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var marks []Mark
	var seen []int // how many had been appended at each mark
	var tags []string
	for range 300 {
		if rng.IntN(2) == 0 {
			m, err := s.Mark()
			must(t, err)
			marks, seen = append(marks, m), append(seen, len(tags))
			continue
		}
		tag := strings.Repeat("x", rng.IntN(50)) + fmt.Sprint(len(tags)) + "\xff"
		must(t, s.Invalidate(Selector{Tags: []string{tag}}))
		tags = append(tags, tag)
	}
	for i, m := range marks {
		v := s.Since(m)
		if v.Unknown != "" {
			t.Fatalf("mark %d: unknown: %s", i, v.Unknown)
		}
		var got []string
		for _, sel := range v.Selectors {
			got = append(got, sel.Tags...)
		}
		if !slices.Equal(got, tags[seen[i]:]) {
			t.Fatalf("mark %d: got %q, want %q", i, got, tags[seen[i]:])
		}
	}
}

func TestSinceUnknown(t *testing.T) {
	log := func(s *Store) string { return s.Path(logName) }
	for name, damage := range map[string]func(t *testing.T, s *Store){
		"gone":    func(t *testing.T, s *Store) { must(t, os.Remove(log(s))) },
		"shorter": func(t *testing.T, s *Store) { must(t, os.Truncate(log(s), logHeaderSize)) },
		"emptied": func(t *testing.T, s *Store) { must(t, os.Truncate(log(s), 0)) },
		"another": func(t *testing.T, s *Store) {
			_, err := s.putLog([16]byte{}, make([]byte, 500))
			must(t, err)
		},
		"torn":      func(t *testing.T, s *Store) { appendBytes(t, log(s), []byte{9, 0, 0}) },
		"zeros":     func(t *testing.T, s *Store) { appendBytes(t, log(s), make([]byte, 40)) },
		"not CBOR":  func(t *testing.T, s *Store) { appendBytes(t, log(s), rawRecord([]byte{0xff})) },
		"directory": func(t *testing.T, s *Store) { must(t, os.Remove(log(s))); must(t, os.Mkdir(log(s), 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			must(t, s.Invalidate(Selector{Tags: []string{"a"}}))
			m, err := s.Mark()
			must(t, err)
			if v := s.Since(m); v.Unknown != "" || len(v.Selectors) > 0 {
				t.Fatalf("before: %+v", v)
			}
			damage(t, s)
			if v := s.Since(m); v.Unknown == "" {
				t.Errorf("Since = %+v, want unknown", v)
			}
			if _, ended := s.Since(m).Ended(&Result{}); !ended {
				t.Error("a result of that mark has not ended")
			}
		})
	}
	s := openTest(t)
	_, err := s.Mark()
	must(t, err)
	if v := s.Since(Mark{}); v.Unknown == "" {
		t.Error("the zero mark is not unknown")
	}
}

// TestInvalidateHeals appends to damaged logs: the selector must take effect
// and everything that was made before must have ended, also when the new log
// grows to the length of the old one.
func TestInvalidateHeals(t *testing.T) {
	for _, junk := range []int{1, 7, 8, 40, 5000} {
		s := openTest(t)
		before, err := s.Mark()
		must(t, err)
		appendBytes(t, s.Path(logName), make([]byte, junk))
		torn, err := s.Mark()
		must(t, err)
		for range 20 {
			must(t, s.Invalidate(Selector{Tags: []string{"a"}}))
			for _, m := range []Mark{before, torn} {
				if _, ended := s.Since(m).Ended(&Result{}); !ended {
					t.Fatalf("junk of %d bytes: a result has not ended", junk)
				}
			}
		}
		now, err := s.Mark()
		must(t, err)
		if v := s.Since(now); v.Unknown != "" {
			t.Errorf("junk of %d bytes: the log did not heal: %s", junk, v.Unknown)
		}
	}
}

func TestInvalidateRefuses(t *testing.T) {
	s := openTest(t)
	for _, sel := range []Selector{
		{Paths: []string{"relative"}}, {Paths: []string{""}}, {Tags: []string{""}}, {Keys: []string{""}},
		{Tags: []string{strings.Repeat("x", maxRecord+1)}},
	} {
		if err := s.Invalidate(sel); err == nil {
			t.Errorf("Invalidate of a bad selector succeeds")
		}
	}
}

// TestMarkAgrees has many openers create the log at once.
func TestMarkAgrees(t *testing.T) {
	dir := openTest(t).Root()
	marks := make([]Mark, 32)
	var wg sync.WaitGroup
	for i := range marks {
		wg.Go(func() {
			s, err := Open(dir, Options{})
			if err == nil {
				marks[i], err = s.Mark()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if m := slices.Compact(marks); len(m) != 1 || m[0].Log == ([16]byte{}) {
		t.Errorf("%d marks of one log", len(m))
	}
}

func TestInvalidateAfterDirectoryIsDeleted(t *testing.T) {
	s := openTest(t)
	must(t, os.RemoveAll(s.Root()))
	must(t, s.Invalidate(Selector{All: true}))
	if _, err := s.Mark(); err != nil {
		t.Error(err)
	}
}

func FuzzLogRecords(f *testing.F) {
	one, _ := encodeLogRecord(&Selector{Tags: []string{"a"}, Paths: []string{"/x/\xff"}, Before: -1, All: true})
	f.Add(one)
	f.Add(append(slices.Clone(one), one...))
	f.Add(one[:len(one)-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := decodeLogRecords(b, logHeaderSize)
		if err != nil {
			return
		}
		var again []byte
		for i := range records {
			if records[i].at != logHeaderSize+int64(len(again)) {
				t.Fatalf("record %d at %d", i, records[i].at)
			}
			r, err := encodeLogRecord(&records[i].sel)
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, r...)
		}
		reread, err := decodeLogRecords(again, logHeaderSize)
		if err != nil || len(reread) != len(records) {
			t.Fatalf("decoding what was encoded: %d records, %v", len(reread), err)
		}
	})
}

func TestLogHeaderAlterations(t *testing.T) {
	h := logHeader{id: [16]byte{1}, predecessor: [16]byte{2}}
	b := h.encode()
	if got, err := decodeLogHeader(b); err != nil || got != h {
		t.Fatalf("decodeLogHeader = %v, %v", got, err)
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1
		if _, err := decodeLogHeader(bad); err == nil {
			t.Errorf("a header with byte %d altered is accepted", i)
		}
	}
}

func appendBytes(t *testing.T, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	must(t, err)
	_, err = f.Write(b)
	must(t, err)
	must(t, f.Close())
}

// rawRecord frames a body as a record of the log.
func rawRecord(body []byte) []byte {
	b := []byte{byte(len(body)), 0, 0, 0}
	sum := checksum32(b, body)
	return append(append(b, byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)), body...)
}
