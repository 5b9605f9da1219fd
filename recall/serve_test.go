//go:build cgo && (linux || darwin)

package recall

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func TestServe(t *testing.T) {
	s := newStage(t)
	s.wantGo("no record")
	s.put(s.record("cmd"))
	s.wantHit("plain")
	if out, _, _ := s.run("cmd", "more"); out != "go\n" {
		t.Errorf("another argument is served %q", out)
	}
	if out, _, _ := s.run("cmd2"); out != "go\n" {
		t.Errorf("another word is served %q", out)
	}
}

func TestServeTellsTheJournal(t *testing.T) {
	s := newStage(t)
	s.put(s.record("cmd"))
	before := time.Now().UnixNano()
	s.wantHit("plain")
	b, err := os.ReadFile(filepath.Join(s.store, "journal"))
	if err != nil || len(b) != 80 {
		t.Fatalf("journal has %d bytes, %v; want one event", len(b), err)
	}
	at := int64(binary.LittleEndian.Uint64(b[8:]))
	if string(b[:8]) != "mjr1\x01\x00\x00\x00" || at < before || at > time.Now().UnixNano() || b[16] != 9 ||
		binary.LittleEndian.Uint64(b[48:]) != 7 || time.Duration(binary.LittleEndian.Uint64(b[56:])) != time.Minute ||
		binary.LittleEndian.Uint32(b[76:]) != crc32.ChecksumIEEE(b[:76]) {
		t.Errorf("journal has %x", b)
	}

	s.write(filepath.Join(s.store, "journal"), strings.Repeat("x", 1<<20+1))
	s.wantGo("a journal to be folded")
	os.Remove(filepath.Join(s.store, "journal"))
	s.wantGo("no journal")
}

// TestServeChanges changes one thing at a time that a record names.
func TestServeChanges(t *testing.T) {
	touch := func(name string) func(*stage) {
		return func(s *stage) {
			now := time.Now()
			if err := os.Chtimes(filepath.Join(s.store, name), now, now.Add(-time.Hour)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	setenv := func(kv ...string) func(*stage) { return func(s *stage) { s.env = append(s.env, kv...) } }
	for name, change := range map[string]func(*stage){
		"a file appears":       func(s *stage) { s.write(filepath.Join(s.dir, "absent"), "") },
		"a variable appears":   setenv("UNSET="),
		"a memo variable":      setenv("MEMO_TTL=1s"),
		"a prefix matches":     setenv("AWS_PROFILE=x"),
		"a variable changes":   func(s *stage) { s.env[2] = "X=2" },
		"a variable goes":      func(s *stage) { s.env = s.env[:2] },
		"recall off":           setenv("MEMO_RECALL=0"),
		"memo off":             setenv("MEMO_DISABLE=1"),
		"nested":               setenv("MEMO_CONTEXT=/x"),
		"an hour later":        setenv("TESTING_MEMO_CLOCK=1h0m1s"),
		"the clock set back":   setenv("TESTING_MEMO_CLOCK=-1.5s"),
		"an unreadable clock":  setenv("TESTING_MEMO_CLOCK=soon"),
		"the log grows":        touch("invalidations"),
		"the shard changes":    touch("results/abc"),
		"the result changes":   touch("results/abc/r1"),
		"the result goes":      func(s *stage) { os.Remove(filepath.Join(s.store, "results/abc/r1")) },
		"the log goes":         func(s *stage) { os.Remove(filepath.Join(s.store, "invalidations")) },
		"the key changes":      func(s *stage) { s.write(filepath.Join(s.store, "recall/key"), "0123456789abcdef") },
		"the key is short":     func(s *stage) { s.write(filepath.Join(s.store, "recall/key"), "0123456") },
		"the key goes":         func(s *stage) { os.Remove(filepath.Join(s.store, "recall/key")) },
		"the store is exposed": func(s *stage) { os.Chmod(s.store, 0o722) },
		"the root is exposed":  func(s *stage) { os.Chmod(s.root, 0o720) },
		"the table is exposed": func(s *stage) { os.Chmod(filepath.Join(s.store, "recall"), 0o702) },
		"the root is a symlink to nothing": func(s *stage) {
			os.Rename(s.root, s.root+"2")
			os.Symlink(s.root+"3", s.root)
		},
		"the root is a symlink to an exposed one": func(s *stage) {
			os.Rename(s.root, s.root+"2")
			os.Chmod(s.root+"2", 0o770)
			os.Symlink(s.root+"2", s.root)
		},
		"the directory changes": func(s *stage) {
			s.dir = filepath.Join(s.dir, "sub")
			os.Mkdir(s.dir, 0o700)
		},
		"another store": func(s *stage) { s.env[0] = "MEMO_CACHE_DIR=" + s.root + "/" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.put(s.record("cmd"))
			s.wantHit("before")
			change(s)
			s.wantGo("after")
		})
	}
}

// TestServeThroughSymlink moves the cache directory behind a symlink, which may
// be one's own only.
func TestServeThroughSymlink(t *testing.T) {
	s := newStage(t)
	s.put(s.record("cmd"))
	os.Rename(s.root, s.root+"2")
	os.Symlink(s.root+"2", s.root)
	s.wantHit("one's own")
	if os.Lchown(s.root, os.Geteuid()+1, -1) != nil {
		t.Skip("not allowed to give a symlink away")
	}
	s.wantGo("another user's")
}

// TestServeDoubles has variables twice in the environment, which package exec
// does not let through.
func TestServeDoubles(t *testing.T) {
	s := newStage(t)
	s.put(s.record("cmd"))
	for _, twice := range []string{"X=1", "PATH=/usr/bin:/bin", "MEMO_CACHE_DIR=" + s.root, "UNRELATED=1"} {
		out, err := os.Create(filepath.Join(s.root, "out"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := os.StartProcess(s.driver, []string{s.driver, "run", "cmd"}, &os.ProcAttr{
			Dir: s.dir, Env: append(s.env[:3:3], twice, twice), Files: []*os.File{os.Stdin, out, out},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Wait(); err != nil {
			t.Fatal(err)
		}
		out.Close()
		got, _ := os.ReadFile(out.Name())
		if isHit := string(got) != "go\n"; isHit != (twice == "UNRELATED=1") {
			t.Errorf("%s twice: got %q", twice, got)
		}
	}
}

// TestServeAlternatives has two records of one invocation that differ in a
// variable.
func TestServeAlternatives(t *testing.T) {
	s := newStage(t)
	s.put(s.record("cmd"))
	s.env[2] = "X=2"
	other := s.record("cmd")
	other.Chunks = []Chunk{{Stream: 1, Data: []byte("two")}}
	s.put(other)
	if out, _, _ := s.run("cmd"); out != "two" {
		t.Errorf("X=2: got %q, want %q", out, "two")
	}
	s.env[2] = "X=1"
	s.wantHit("X=1")
}

// TestServeFromOtherFiles puts other things than a file of this user in the
// place of the records.
func TestServeFromOtherFiles(t *testing.T) {
	for name, replace := range map[string]func(path string) error{
		"symlink":   func(path string) error { os.Rename(path, path+"2"); return os.Symlink(path+"2", path) },
		"FIFO":      func(path string) error { os.Remove(path); return syscall.Mkfifo(path, 0o600) },
		"directory": func(path string) error { os.Remove(path); return os.Mkdir(path, 0o700) },
		"exposed":   func(path string) error { return os.Chmod(path, 0o620) },
		"empty":     func(path string) error { return os.Truncate(path, 0) },
		"cut":       func(path string) error { return os.Truncate(path, 200) },
		"huge":      func(path string) error { return os.Truncate(path, 5<<20) },
		"unreadable as such": func(path string) error {
			return os.WriteFile(path, bytes.Repeat([]byte(magic), 100), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			r := s.record("cmd")
			s.put(r)
			if err := replace(s.table.path(r.Argv, r.Dir)); err != nil {
				t.Fatal(err)
			}
			s.wantGo(name)
			if err := s.table.Write(s.record("cmd")); err != nil {
				t.Errorf("write over it: %v", err)
			}
			if name != "exposed" {
				s.wantHit("written over")
			}
		})
	}
	t.Run("another user's", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("only root can give files away")
		}
		s := newStage(t)
		r := s.record("cmd")
		s.put(r)
		if err := os.Chown(s.table.path(r.Argv, r.Dir), 12345, -1); err != nil {
			t.Fatal(err)
		}
		s.wantGo("another user's")
	})
}

func TestServeManyPaths(t *testing.T) {
	s := newStage(t)
	r := s.record("cmd")
	for range 5000 {
		r.Paths = append(r.Paths, fingerprint.Consultation{Path: s.dir, Stat: s.stat(s.dir), Follow: true})
	}
	s.put(r)
	s.wantHit("5,000 paths")
}

// TestServeAccess has records that name what may be done with a path.
func TestServeAccess(t *testing.T) {
	s := newStage(t)
	log := filepath.Join(s.store, "invalidations") // which not even root may execute
	for _, tt := range []struct {
		path   string
		access fingerprint.Access
		hit    bool
	}{
		{s.driver, fingerprint.MayRead, true},
		{s.driver, fingerprint.MayRead | fingerprint.MayExecute, true},
		{s.driver, fingerprint.MayNotExecute, false},
		{log, fingerprint.MayRead | fingerprint.MayNotExecute, true},
		{log, fingerprint.MayExecute, false},
	} {
		r := s.record("cmd")
		r.Paths = append(r.Paths, fingerprint.Consultation{Path: tt.path, Stat: s.stat(tt.path), Access: tt.access})
		s.put(r)
		why := fmt.Sprintf("%s, access %#b", filepath.Base(tt.path), tt.access)
		if tt.hit {
			s.wantHit(why)
		} else {
			s.wantGo(why)
		}
	}
}
