package memo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/nest"
)

// relayedBytes returns the bytes that a detached run writes to the pipe.
func relayedBytes(t testing.TB) []byte {
	path := filepath.Join(t.TempDir(), "relay")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &call{relay: &relay{file: f}, given: nest.Contribution{Tags: []string{"a\xff"}}}
	c.relay.starting()
	c.relay.started(nil)
	c.outcome = Outcome{State: Miss, ExitCode: 3, Elapsed: time.Second}
	c.sendAnswer(because(ReasonCommandFailed, "it failed"), int64(4+4*capture.ReadSize))
	_, _ = relayStream{c.relay, relayStderr}.Write([]byte("err\x00"))
	_, _ = relayStream{c.relay, relayStdout}.Write(bytes.Repeat([]byte("out\n"), capture.ReadSize))
	c.outcome.NotStored = because(ReasonCommandFailed, "it failed")
	c.sendOutcome(nil)
	c.close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// receiveBytes reads data as the waiting call does.
func receiveBytes(t testing.TB, data []byte) (*follower, [2]*bytes.Buffer, error) {
	pipe, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	go func() {
		_, _ = in.Write(data) // the reader may not read it all
		in.Close()
	}()
	bufs := [2]*bytes.Buffer{{}, {}}
	r := newFollower(&call{policy: &Policy{}, out: [2]*capture.Sink{capture.NewSink(bufs[0]), capture.NewSink(bufs[1])}}, pipe)
	for err == nil && r.relayed == nil {
		err = r.next()
	}
	return r, bufs, err
}

func TestRelay(t *testing.T) {
	r, bufs, err := receiveBytes(t, relayedBytes(t))
	if err != nil {
		t.Fatal(err)
	}
	o, err := r.adopt(r.relayed)
	if err != nil || o.ExitCode != 3 || o.Elapsed != time.Second || o.NotStored.Text != "it failed" {
		t.Errorf("got %+v, %v", o, err)
	}
	if got := r.given.Tags; len(got) != 1 || got[0] != "a\xff" {
		t.Errorf("tags are %q", got)
	}
	if got, want := bufs[0].Len(), 4*capture.ReadSize; got != want {
		t.Errorf("%d bytes of stdout, want %d", got, want)
	}
	if got, want := bufs[1].String(), "err\x00"; got != want {
		t.Errorf("stderr is %q, want %q", got, want)
	}
}

func TestRelayCutShort(t *testing.T) {
	data := relayedBytes(t)
	for _, size := range []int{0, relayHead - 1, relayHead, len(data) / 2, len(data) - 1} {
		r, _, err := receiveBytes(t, data[:size])
		if err == nil || r.begun != (size >= relayHead) {
			t.Errorf("%d bytes: begun %v, error %v", size, r.begun, err)
		}
	}
}

func FuzzReceive(f *testing.F) {
	f.Add(relayedBytes(f))
	f.Add([]byte{relayOutcome, 0, 0, 0, 0})
	f.Add([]byte{relayStdout, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, _, err := receiveBytes(t, data); err == nil {
			_, _ = r.adopt(r.relayed) // it must not panic
		}
	})
}

func TestAnswerWithoutOutcome(t *testing.T) {
	data := relayedBytes(t)
	r, bufs, err := receiveBytes(t, data[:len(data)-1])
	if err == nil || r.answer == nil || r.held != 0 {
		t.Fatalf("answer %v, error %v", r.answer, err)
	}
	o, err := r.adopt(r.answer)
	if err != nil || !o.Pending || o.ExitCode != 3 || !o.NotStored.IsZero() || r.given.NoStore == "" {
		t.Errorf("got %+v, %v", o, err)
	}
	if got, want := bufs[0].Len(), 4*capture.ReadSize; got != want {
		t.Errorf("%d bytes of stdout, want %d", got, want)
	}
}
