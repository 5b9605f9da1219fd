//go:build cgo && (linux || darwin)

package recall

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

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
	waitUntilFull(t, fds[1])
	pw.Close()
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

// waitUntilFull waits until a pipe, of which this is the writing end, takes no
// more.
func waitUntilFull(t *testing.T, fd int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		if n, err := unix.Poll(fds, 0); n == 0 && err == nil {
			return
		}
	}
	t.Fatal("the pipe does not fill")
}
