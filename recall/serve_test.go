//go:build cgo && (linux || darwin)

package recall

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
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
	if string(b[:5]) != "mjr1\x01" || at < before || at > time.Now().UnixNano() || b[16] != 9 ||
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
		"the root is a symlink": func(s *stage) {
			os.Rename(s.root, s.root+"2")
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
	t.Run("somebody else's", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("only root can give files away")
		}
		s := newStage(t)
		r := s.record("cmd")
		s.put(r)
		if err := os.Chown(s.table.path(r.Argv, r.Dir), 12345, -1); err != nil {
			t.Fatal(err)
		}
		s.wantGo("somebody else's")
	})
}

func TestServeClosedStreams(t *testing.T) {
	s := newStage(t)
	s.put(s.record("cmd"))
	for _, redirect := range []string{"<&-", "2>&-"} {
		cmd := exec.Command("sh", "-c", `"$0" run cmd `+redirect, s.driver)
		cmd.Dir, cmd.Env = s.dir, s.env
		if out, _ := cmd.Output(); string(out) != "go\n" {
			t.Errorf("%s: got %q, want it left to Go", redirect, out)
		}
	}
}

// bigRecord returns a record whose output, of n bytes, lies in the result.
func (s *stage) bigRecord(n int) (*Record, []byte) {
	data := bytes.Repeat([]byte("0123456789abcde\n"), n/16+1)[:n]
	s.write(filepath.Join(s.store, "results/abc/r1"), "head"+string(data)+"tail")
	r := s.record("cmd")
	r.Chunks = []Chunk{{Stream: 1, Offset: 4, Length: int64(n)}}
	return r, data
}

func TestServeLarge(t *testing.T) {
	s := newStage(t)
	r, data := s.bigRecord(3 << 20)
	s.put(r)
	if out, errs, code := s.run("cmd"); out != string(data) || errs != "" || code != 4 {
		t.Errorf("into a pipe: %d bytes, stderr %q, code %d", len(out), errs, code)
	}
	path := filepath.Join(s.dir, "out")
	for _, flag := range []int{os.O_TRUNC, os.O_APPEND} {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		r := s.record("cmd") // the directory has changed
		r.Chunks = []Chunk{{Stream: 1, Offset: 4, Length: int64(len(data))}}
		s.put(r)
		cmd := s.command("cmd")
		cmd.Stdout = f
		_ = cmd.Run() // its exit code is 4
		f.Close()
		got, _ := os.ReadFile(path)
		if want := len(data); flag == os.O_APPEND && len(got) != 2*want || flag == os.O_TRUNC && len(got) != want {
			t.Errorf("into a file with flag %x: %d bytes in it", flag, len(got))
		}
	}
}

// TestServeHuge has more output than 32 bits can count.
func TestServeHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("copies 4 GiB")
	}
	s := newStage(t)
	r, _ := s.bigRecord(10)
	const size = 4<<30 + 12345
	path := filepath.Join(s.store, "results/abc/r1")
	if err := os.Truncate(path, size); err != nil { // a hole takes no room
		t.Fatal(err)
	}
	r.Result = s.item("results/abc/r1")
	r.Chunks = []Chunk{{Stream: 1, Offset: 4, Length: size - 4}}
	s.put(r)
	cmd := s.command("cmd")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, out, make([]byte, 1<<20))
	if n != size-4 || err != nil {
		t.Errorf("got %d bytes, %v; want %d", n, err, int64(size-4))
	}
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("ended with %v", cmd.ProcessState)
	}
}

func TestServeLargeBeyondTheFile(t *testing.T) {
	s := newStage(t)
	for _, chunk := range []Chunk{{1, nil, 4, 1 << 20}, {2, nil, 1 << 62, 5}, {1, nil, 20, 100}} {
		r, _ := s.bigRecord(100)
		r.Chunks = []Chunk{chunk}
		s.put(r)
		s.wantGo("a chunk that does not fit")
	}
}

func TestServeToAFullDevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	s := newStage(t)
	s.put(s.record("cmd"))
	small := s.table
	check := func(what string) {
		t.Helper()
		cmd := exec.Command("sh", "-c", `exec "$0" run cmd >/dev/full`, s.driver)
		cmd.Dir, cmd.Env = s.dir, s.env
		var errs bytes.Buffer
		cmd.Stderr = &errs
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 125 || !strings.HasSuffix(errs.String(), "memo: write stdout: no space left on device\n") {
			t.Errorf("%s: code %d, stderr %q", what, code, errs.String())
		}
	}
	check("inline")
	r, _ := s.bigRecord(1 << 20)
	if err := small.Write(r); err != nil {
		t.Fatal(err)
	}
	check("from the file")
}

func TestServeToAReaderThatLeaves(t *testing.T) {
	s := newStage(t)
	r, _ := s.bigRecord(1 << 20)
	s.put(r)
	for _, ignored := range []bool{false, true} {
		pr, pw, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		pr.Close()
		script := `exec "$0" run cmd`
		if ignored {
			script = `trap "" PIPE; ` + script
		}
		cmd := exec.Command("sh", "-c", script, s.driver)
		cmd.Dir, cmd.Env, cmd.Stdout = s.dir, s.env, pw
		var errs bytes.Buffer
		cmd.Stderr = &errs
		_ = cmd.Run()
		pw.Close()
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ignored && status.Signal() != syscall.SIGPIPE {
			t.Errorf("ended with %v, want SIGPIPE", cmd.ProcessState)
		}
		if ignored && (status.ExitStatus() != 125 || errs.String() != "memo: write stdout: broken pipe\n") {
			t.Errorf("SIGPIPE ignored: ended with %v, stderr %q", cmd.ProcessState, errs.String())
		}
	}
}

func TestServeToANonBlockingPipe(t *testing.T) {
	s := newStage(t)
	r, data := s.bigRecord(1 << 20)
	s.put(r)
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetNonblock(fds[1], true); err != nil {
		t.Fatal(err)
	}
	pw := os.NewFile(uintptr(fds[1]), "pipe")
	cmd := s.command("cmd")
	cmd.Stdout = pw
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pw.Close()
	time.Sleep(20 * time.Millisecond) // the pipe is full by now; if not, less is tested
	var got []byte
	buf := make([]byte, 4096)
	for {
		n, err := syscall.Read(fds[0], buf)
		if n <= 0 || err != nil {
			break
		}
		got = append(got, buf[:n]...)
	}
	syscall.Close(fds[0])
	_ = cmd.Wait()
	if !bytes.Equal(got, data) || cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("got %d of %d bytes, %v", len(got), len(data), cmd.ProcessState)
	}
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
