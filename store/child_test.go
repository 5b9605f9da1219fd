package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// childEnv names what the test binary does as a child of a test.
const childEnv = "MEMO_STORE_TEST_CHILD"

// TestChildProcess is the body of the processes that other tests start.
func TestChildProcess(t *testing.T) {
	mode, dir, _ := strings.Cut(os.Getenv(childEnv), " ")
	if mode == "" {
		t.Skip("runs as a child of other tests")
	}
	s, err := Open(dir, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	switch mode {
	case "spool":
		childSpool(s)
	case "lead":
		childLead(s)
	case "wait":
		childWait(s)
	}
	os.Exit(0)
}

// startChild starts a process in mode on the store, and returns it with a
// function that reads its next line.
func startChild(t *testing.T, mode string, s *Store) (*exec.Cmd, io.Closer, func() string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildProcess$")
	cmd.Env = append(os.Environ(), childEnv+"="+mode+" "+s.Root())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	return cmd, in, func() string {
		if !lines.Scan() {
			return ""
		}
		return lines.Text()
	}
}

// childSpool is in mid-write until it is killed or its parent is gone.
func childSpool(s *Store) {
	w := s.NewWriter(testKey(1))
	for range 16 {
		w.Write(Stdout, make([]byte, 32<<10))
	}
	fmt.Println("spooling", w.Err())
	io.Copy(io.Discard, os.Stdin)
}

// childLead takes the lock and holds it until it is killed or its parent is
// gone.
func childLead(s *Store) {
	lock, err := s.TryLock(testKey(1))
	fmt.Println("leading", err)
	if err != nil {
		return
	}
	go func() {
		for ; ; time.Sleep(20 * time.Millisecond) {
			lock.Heartbeat()
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}

// childWait runs the protocol once, the way a run does, and reports.
func childWait(s *Store) {
	key := testKey(1)
	for {
		lock, waiter, err := s.LockOrJoin(key)
		switch {
		case err != nil:
			fmt.Println("error", err)
			return
		case lock != nil:
			if waitForOthers() {
				w := s.NewWriter(key)
				w.Write(Stdout, []byte("the output"))
				err = lock.LeaveEmbedded(1, 2, func(f *os.File, off int64) error { return w.WriteTo(f, off, testResult(2)) })
				w.Discard()
			}
			fmt.Println("ran", err)
			return
		}
		fmt.Println("joined")
		o, err := waiter.Wait(context.Background())
		waiter.Close()
		if err == nil && o.Kind == OutcomeNoLeader {
			continue
		}
		fmt.Println(describe(o, err))
		return
	}
}

// waitForOthers waits until the test closes the standard input.
func waitForOthers() bool {
	fmt.Println("leading <nil>")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err == nil
}

func describe(o Outcome, err error) string {
	if err != nil {
		return "error " + err.Error()
	}
	switch o.Kind {
	case OutcomeStored:
		return "stored " + o.Ref.Name()
	case OutcomeEmbedded:
		defer o.Reading.Close()
		if err := o.Reading.Verify(); err != nil {
			return "error " + err.Error()
		}
		b := make([]byte, o.Reading.Result.StdoutSize)
		o.Reading.Chunks(func(_ Stream, off, n int64) error {
			_, err := o.Reading.ReadAt(b[:n], off)
			return err
		})
		return fmt.Sprintf("embedded %s %d %d", b, o.Started, o.Ended)
	case OutcomeNothing:
		return "nothing"
	case OutcomeStalled:
		return "stalled"
	default:
		return fmt.Sprint("outcome ", o.Kind)
	}
}
