package store

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// keyOfCommand returns a key whose command has that number.
func keyOfCommand(n int) fingerprint.Key {
	key := testKey(1)
	key[0], key[1] = byte(n), byte(n>>8)
	return key
}

func TestNameCommand(t *testing.T) {
	s, _ := openAt(t, time.Unix(1_000_000, 0))
	key := testKey(1)
	s.Record(Event{Kind: Miss, Key: key, Elapsed: time.Second, NotStored: 64})
	if c := stats(t, s, time.Time{}).Commands; len(c) != 1 || len(c[0].Argv) > 0 {
		t.Fatalf("unnamed: %+v", c)
	}
	s.NameCommand(key, []string{"sh", "-c", strings.Repeat("é", 200)}, "/dir", "scope")
	check := func(when string, since time.Time) {
		t.Helper()
		c := stats(t, s, since).Commands
		want := []string{"sh", "-c", strings.Repeat("é", 97) + "…"}
		if len(c) != 1 || !reflect.DeepEqual(c[0].Argv, want) || c[0].Dir != "/dir" || c[0].Scope != "scope" {
			t.Errorf("%s: %+v", when, c)
		}
	}
	check("unfolded", time.Time{})
	check("since", s.now().Add(-time.Hour))
	must(t, s.update(0, nil))
	must(t, os.Remove(s.Path(namesName)))
	check("folded", time.Time{})

	s.NameCommand(key, []string{"x"}, "", "")
	must(t, s.ResetStats())
	if _, err := os.Stat(s.Path(namesName)); err == nil {
		t.Error("a reset leaves names behind")
	}
}

// TestResultNamesCommand prefers the whole words, which a result has.
func TestResultNamesCommand(t *testing.T) {
	s := openTest(t)
	ref := put(t, s, testKey(1), testResult(1), "a")
	s.NameCommand(ref.Key, []string{"cut…"}, "", "")
	s.Record(Event{Kind: Miss, Key: ref.Key})
	if c := stats(t, s, time.Time{}).Commands; len(c) != 1 || !reflect.DeepEqual(c[0].Argv, testResult(1).Argv) {
		t.Errorf("%+v", c)
	}
}

func TestNamesAreBounded(t *testing.T) {
	s := openTest(t)
	words := strings.Split(strings.Repeat("x", 1000), "")
	dir := strings.Repeat("d", maxNamePlace)
	for i := range maxNames + 10 {
		s.NameCommand(keyOfCommand(i), words, dir, "")
	}
	s.NameCommand(keyOfCommand(1000), words, dir+"d", "")
	names := s.names()
	if len(names) != maxNames || names[0].Group != groupOf(keyOfCommand(10)) || names[maxNames-1].Group != groupOf(keyOfCommand(maxNames+9)) {
		t.Errorf("%d names", len(names))
	}
	info, err := os.Stat(s.Path(namesName))
	if err != nil || info.Size() > maxNamesFile {
		t.Errorf("size %v, %v", info, err)
	}
}

// TestNamesAtOnce adds names from many goroutines: none that was added is lost. On
// a busy machine one may not be added at once.
func TestNamesAtOnce(t *testing.T) {
	s := openTest(t)
	var all sync.WaitGroup
	for i := range 20 {
		key := keyOfCommand(i)
		isKey := func(n commandName) bool { return n.Group == groupOf(key) }
		all.Go(func() {
			for tries := 0; tries < 1000 && !slices.ContainsFunc(s.names(), isKey); tries++ {
				s.NameCommand(key, []string{fmt.Sprint(i)}, "", "")
			}
		})
	}
	all.Wait()
	if n := len(s.names()); n != 20 {
		t.Errorf("%d names, want 20", n)
	}
}

func TestDamagedNames(t *testing.T) {
	s := openTest(t)
	s.NameCommand(keyOfCommand(1), []string{"one"}, "/", "")
	whole, err := os.ReadFile(s.Path(namesName))
	must(t, err)
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		if _, err := decodeNames(bad); err == nil {
			t.Fatalf("names with byte %d altered are accepted", i)
		}
	}
	must(t, os.Truncate(s.Path(namesName), 20))
	s.NameCommand(keyOfCommand(2), []string{"two"}, "/", "")
	if names := s.names(); len(names) != 1 || names[0].Argv[0] != "two" {
		t.Errorf("%+v", names)
	}
	must(t, os.Remove(s.Path(namesName)))
	must(t, os.MkdirAll(s.Path(namesName, "junk"), 0o700))
	s.NameCommand(keyOfCommand(3), []string{"three"}, "/", "")
	if names := s.names(); len(names) != 1 {
		t.Errorf("with a directory in the place of the file: %+v", names)
	}
}

func FuzzNames(f *testing.F) {
	b, err := encodeNames([]commandName{{groupOf(testKey(1)), []string{"a", "\xff"}, "/", "s"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, "sh", "-c", "/")
	f.Fuzz(func(t *testing.T, b []byte, word, second, dir string) {
		if len(b) >= namesMinimum { // let the fuzzer past the checksum
			sum := checksum(b[:len(namesMagic)], b[namesMinimum:])
			copy(b[len(namesMagic):], sum[:])
		}
		if names, err := decodeNames(b); err == nil && len(names) > maxNames {
			t.Errorf("%d names", len(names))
		}
		names := []commandName{{groupOf(testKey(1)), cutArgv([]string{word, second}, maxNameWords), dir, second}}
		b, err := encodeNames(names)
		must(t, err)
		if got, err := decodeNames(b); err != nil || !reflect.DeepEqual(got, names) {
			t.Errorf("decode(encode(%q)) = %q, %v", names, got, err)
		}
	})
}
