package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestSmallOutputTouchesNothing(t *testing.T) {
	s := openTest(t)
	w := s.NewWriter(testKey(1))
	for range smallSize/1000 - 1 {
		w.Write(Stdout, make([]byte, 1000))
	}
	if w.file != nil || w.Err() != nil {
		t.Errorf("a file was made for %d bytes: %v", w.Size(), w.Err())
	}
	w.Discard()
	if _, err := w.Commit(testResult(1)); err == nil {
		t.Error("committed after Discard")
	}
}

func TestStdoutIsOneChunk(t *testing.T) {
	s := openTest(t)
	w := s.NewWriter(testKey(1))
	defer w.Discard()
	const size = 5 << 20
	for n := 0; n < size; n += 4096 {
		w.Write(Stdout, make([]byte, 4096))
	}
	ref, err := w.Commit(testResult(1))
	must(t, err)
	r, err := s.Open(ref)
	must(t, err)
	defer r.Close()
	must(t, r.Verify())
	chunks := 0
	must(t, r.Chunks(func(stream Stream, off, n int64) error {
		chunks++
		if stream != Stdout || n != size {
			t.Errorf("chunk of stream %d with %d bytes", stream, n)
		}
		return nil
	}))
	if chunks != 1 || r.Result.StdoutSize != size {
		t.Errorf("got %d chunks, StdoutSize %d", chunks, r.Result.StdoutSize)
	}
	if info, err := os.Stat(s.ResultPath(ref)); err != nil || info.Size() != r.Size() || renameOpen && info.Mode().Perm() != 0o600 {
		t.Errorf("file: %v, %v, want %d bytes", info, err, r.Size())
	}
}

func TestMemoryIsBounded(t *testing.T) {
	s := openTest(t)
	block := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := s.NewWriter(testKey(1))
	defer w.Discard()
	for i := range 1024 {
		w.Write(Stream(1+i/16%2), block)
	}
	ref, err := w.Commit(testResult(1))
	must(t, err)
	r, err := s.Open(ref)
	must(t, err)
	defer r.Close()
	must(t, r.Verify())
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("allocated %d bytes for 64 MiB of output", got)
	}
}

func TestMaxSize(t *testing.T) {
	s := openTest(t)
	w := s.NewWriter(testKey(1))
	w.MaxSize = 200_000
	w.Write(Stdout, make([]byte, 150_000))
	w.Write(Stderr, make([]byte, 50_000))
	if w.Err() != nil || w.Size() != 200_000 {
		t.Fatalf("at the limit: %v, %d bytes", w.Err(), w.Size())
	}
	w.Write(Stdout, []byte("x"))
	var large *TooLargeError
	if !errors.As(w.Err(), &large) || large.Limit != 200_000 {
		t.Errorf("got %v", w.Err())
	}
	if _, err := w.Commit(testResult(1)); !errors.As(err, &large) {
		t.Errorf("Commit: got %v", err)
	}
	noTempFiles(t, s)
}

func noTempFiles(t *testing.T, s *Store) {
	t.Helper()
	if left, _ := filepath.Glob(s.Path(resultsDir, "*", tmpPrefix+"*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDirectoryDeletedMidWrite(t *testing.T) {
	if !renameOpen {
		t.Skip("open files can't be deleted on this platform")
	}
	for _, size := range []int{10, 300_000} {
		s := openTest(t)
		w := s.NewWriter(testKey(1))
		w.Write(Stdout, make([]byte, size))
		must(t, os.RemoveAll(s.Root()))
		w.Write(Stderr, make([]byte, size))
		ref, err := w.Commit(testResult(1))
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Open(ref)
		must(t, err)
		checkOutput(t, r, []piece{{Stdout, make([]byte, size)}, {Stderr, make([]byte, size)}})
		r.Close()
		if _, err := os.Stat(filepath.Join(s.Root(), "CACHEDIR.TAG")); err != nil {
			t.Error(err)
		}
		noTempFiles(t, s)
	}
}

func TestWriteTo(t *testing.T) {
	s := openTest(t)
	for _, size := range []int{0, 10, 300_000} {
		w := s.NewWriter(testKey(1))
		pieces := []piece{{Stdout, make([]byte, size)}, {Stderr, make([]byte, size/2)}}
		for _, p := range pieces {
			w.Write(p.stream, p.data)
		}
		f, err := os.Create(filepath.Join(t.TempDir(), "x"))
		must(t, err)
		f.Write(make([]byte, 1_000_000)) // must be cut
		must(t, f.Chmod(0o600))
		must(t, w.WriteTo(f, 100, testResult(7)))
		r, err := s.openAt(f, 100)
		must(t, err)
		checkOutput(t, r, pieces)
		if r.Result.Created != 7 || len(r.Hinted()) != 0 {
			t.Errorf("got %+v", r.Result)
		}
		must(t, r.Close())
		ref, err := w.Commit(testResult(8))
		must(t, err)
		r, err = s.Open(ref)
		must(t, err)
		checkOutput(t, r, pieces)
		must(t, r.Close())
	}
}

func TestWriteAfterSeal(t *testing.T) {
	s := openTest(t)
	w := s.NewWriter(testKey(1))
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	must(t, err)
	defer f.Close()
	must(t, w.WriteTo(f, 0, testResult(1)))
	w.Write(Stdout, []byte("late"))
	if w.Err() == nil {
		t.Error("output after the end was taken")
	}
}

func TestKilledWriterIsSwept(t *testing.T) {
	if !renameOpen {
		t.Skip("file locks don't tell leftovers on this platform")
	}
	s := openTest(t)
	writer, _, line := startChild(t, "spool", s)
	if got := line(); got != "spooling <nil>" {
		t.Fatal(got)
	}
	later := time.Now().Add(time.Hour)
	if n, err := s.sweep(later); n != 0 || err != nil {
		t.Errorf("with a live writer: removed %d, %v", n, err)
	}
	must(t, writer.Process.Kill())
	writer.Wait()
	if n, err := s.sweep(time.Now()); n != 0 || err != nil {
		t.Errorf("too young: removed %d, %v", n, err)
	}
	for _, err := range s.All() {
		t.Errorf("a result of a killed writer: %v", err)
	}
	if n, err := s.sweep(later); n != 1 || err != nil {
		t.Errorf("removed %d, %v, want 1", n, err)
	}
	noTempFiles(t, s)
}

func TestSweepKeepsTheLiving(t *testing.T) {
	s := openTest(t)
	ref := put(t, s, testKey(1), testResult(1), "x")
	must(t, s.WriteHint(ref, nil))
	gone := put(t, s, testKey(2), testResult(1), "x")
	must(t, s.WriteHint(gone, nil))
	must(t, os.Remove(s.ResultPath(gone)))
	dead := s.LockPath(testKey(3))
	must(t, os.WriteFile(dead, nil, 0o600))
	want := 2
	if lock, err := s.TryLock(testKey(1)); err == nil {
		defer lock.Unlock()
	} else {
		t.Logf("no locks here: %v", err)
	}
	n, err := s.sweep(time.Now().Add(48 * time.Hour))
	if n != want || err != nil {
		t.Errorf("removed %d, %v, want %d", n, err, want)
	}
	for _, path := range []string{s.ResultPath(ref), s.ResultPath(ref) + hintSuffix} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(dead); err == nil {
		t.Error("a dead lock file was kept")
	}
	if renameOpen && !s.Locked(testKey(1)) {
		t.Error("a live lock file was removed")
	}
}

// A command that removes the store must not find it growing.
func TestWriteInRemovedStore(t *testing.T) {
	for _, gone := range []string{"", "results"} {
		s := openTest(t)
		put(t, s, testKey(1), testResult(1), "some")
		w := s.NewWriter(testKey(2))
		path := s.Path(gone)
		if gone == "" {
			path = s.Root()
		}
		must(t, os.RemoveAll(path))
		w.Write(Stdout, []byte("some"))
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q is there again: %v", gone, err)
		}
		w.Discard()
	}
}

func TestVerifyAll(t *testing.T) {
	s := openTest(t)
	sound := put(t, s, testKey(1), testResult(1), "sound")
	bad := put(t, s, testKey(2), testResult(1), "bad")
	must(t, s.WriteHint(bad, nil))
	data, err := os.ReadFile(s.ResultPath(bad))
	must(t, err)
	data[headerSize+chunkHeaderSize] ^= 1 // output, which Open does not look at
	must(t, os.WriteFile(s.ResultPath(bad), data, 0o600))
	must(t, os.WriteFile(s.ResultPath(bad)+hintSuffix, []byte("x"), 0o600))
	stray := filepath.Join(s.shardPath(testKey(1)), "stray")
	must(t, os.WriteFile(stray, nil, 0o600))
	for i, fix := range []bool{false, true, false} {
		var problems []string
		n, err := s.VerifyAll(fix, func(path string, problem error) {
			problems = append(problems, path)
			if !strings.Contains(problem.Error(), filepath.Base(path)) {
				t.Errorf("%v does not name %q", problem, path)
			}
		})
		files, bad := 4, 3
		if i == 2 {
			files, bad = 1, 0
		}
		if n != files || len(problems) != bad || err != nil {
			t.Errorf("round %d: %d files, problems %q, %v", i, n, problems, err)
		}
	}
	if _, err := os.Stat(s.ResultPath(sound)); err != nil {
		t.Error(err)
	}
}

// TestVerifyAllBeside writes the log while it is checked.
func TestVerifyAllBeside(t *testing.T) {
	s := openTest(t)
	_, err := s.Mark()
	must(t, err)
	must(t, s.Invalidate(Selector{Tags: []string{"a tag"}}))
	whole, err := os.ReadFile(s.Path(logName))
	must(t, err)
	unlock, err := s.lockMutex(logMutex, exclusive, 0)
	must(t, err)
	must(t, os.Truncate(s.Path(logName), int64(len(whole)-3)))
	done := make(chan error)
	go func() {
		_, err := s.VerifyAll(true, func(path string, problem error) {
			t.Errorf("%s: %v", path, problem)
		})
		done <- err
	}()
	time.Sleep(50 * time.Millisecond) // enough for it to see the cut one, mostly
	must(t, os.WriteFile(s.Path(logName), whole, 0o600))
	unlock()
	must(t, <-done)
	if got, err := os.ReadFile(s.Path(logName)); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("the log is %d bytes long, %v; want it as it was", len(got), err)
	}
}

func BenchmarkStoreAndOpen(b *testing.B) {
	s := openTest(b)
	var created int64
	for b.Loop() {
		created++
		ref := put(b, s, testKey(1), testResult(created), "some output\n")
		r, err := s.Open(ref)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Verify(); err != nil {
			b.Fatal(err)
		}
		r.Close()
		s.Remove(ref)
	}
}

func BenchmarkVerify100MB(b *testing.B) {
	s := openTest(b)
	w := s.NewWriter(testKey(1))
	for range 100 {
		w.Write(Stdout, make([]byte, 1<<20))
	}
	ref, err := w.Commit(testResult(1))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(100 << 20)
	for b.Loop() {
		r, err := s.Open(ref)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Verify(); err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}

// A run that spools to a file removes what a killed one left there.
func TestSpoolSweepsLeftovers(t *testing.T) {
	s := openTest(t)
	left, err := s.createResult(testKey(1))
	must(t, err)
	live, err := s.createResult(testKey(1))
	must(t, err)
	defer discard(live)
	left.Close()
	for _, f := range []*os.File{left, live} {
		old := time.Now().Add(-2 * sweepAfter)
		must(t, os.Chtimes(f.Name(), old, old))
	}
	w := s.NewWriter(testKey(1))
	defer w.Discard()
	w.Write(Stdout, make([]byte, 2*smallSize))
	must(t, w.Err())
	if _, err := os.Stat(left.Name()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover of a dead writer: %v, want that it is gone", err)
	}
	for _, f := range []*os.File{live, w.file} {
		if _, err := os.Stat(f.Name()); err != nil {
			t.Errorf("the file of a live writer: %v", err)
		}
	}
}

// The accounts of failed refreshes don't pile up.
func TestSweepForgetsFailures(t *testing.T) {
	s := openTest(t)
	must(t, os.WriteFile(s.Path(refreshDir, "key"), nil, 0o600))
	if n, err := s.sweep(time.Now().Add(failureKept - time.Hour)); n != 0 || err != nil {
		t.Errorf("before its time: removed %d, %v", n, err)
	}
	if n, err := s.sweep(time.Now().Add(failureKept + time.Hour)); n != 1 || err != nil {
		t.Errorf("after its time: removed %d, %v, want 1", n, err)
	}
}
