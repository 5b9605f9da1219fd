//go:build unix

package fingerprint

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSpecialFiles puts a FIFO and a socket in a tree. A FIFO that was opened
// would let a writer in, which only waits for a reader.
func TestSpecialFiles(t *testing.T) {
	k := newTaker(t)
	t.Chdir(k.Dir) // the name of a socket is short
	write(t, k.Dir, "d/file", "x", "d/link", "-> fifo")
	fifo := filepath.Join(k.Dir, "d/fifo")
	must(t, unix.Mkfifo(fifo, 0o600))
	l, err := net.Listen("unix", "d/socket")
	must(t, err)
	defer l.Close()

	opened := make(chan struct{})
	go func() {
		f, err := os.OpenFile(fifo, os.O_WRONLY, 0)
		if err == nil {
			f.Close()
		}
		close(opened)
	}()
	for _, dep := range []Dependency{pathDep("d"), globDep("d/*"), pathDep("d/fifo"), pathDep("d/link"), pathDep("d/socket"), pathDep("/dev/null")} {
		fp := taken(t, k, dep)
		wantMatch(t, k, fp, true, "untouched")
		for _, e := range fp.Entries {
			if want := map[string]Type{"fifo": TypeFIFO, "socket": TypeSocket}[e.Path]; want != 0 && e.Type != want {
				t.Errorf("%s is a %v", e.Path, e.Type)
			}
		}
	}
	select {
	case <-opened:
		t.Error("the FIFO was opened")
	case <-time.After(50 * time.Millisecond):
	}
	f, err := os.OpenFile(fifo, os.O_RDONLY|unix.O_NONBLOCK, 0)
	must(t, err)
	<-opened
	f.Close()
}

// TestReplacedByFIFO looks at a file that becomes a FIFO between the look and
// the reading.
func TestReplacedByFIFO(t *testing.T) {
	k := newTaker(t)
	path := filepath.Join(k.Dir, "f")
	write(t, k.Dir, "f", "x")
	st, err := statPath(path, false)
	must(t, err)
	must(t, os.Remove(path))
	must(t, unix.Mkfifo(path, 0o600))
	if _, err := newHasher().file(path, false, st, -1); err != errMoved {
		t.Errorf("hashing: %v, want errMoved", err)
	}
	if _, err := k.World.ReadFile("f"); err == nil {
		t.Error("ReadFile read a FIFO")
	}
	must(t, os.Remove(path))
	must(t, os.Symlink("/dev/zero", path))
	if _, err := newHasher().file(path, false, st, -1); err != errMoved {
		t.Errorf("hashing a symlink: %v, want errMoved", err)
	}
	if _, err := listSorted(path, st, -1); err != errMoved {
		t.Errorf("listing: %v, want errMoved", err)
	}
}

func TestProcFile(t *testing.T) {
	const path = "/proc/sys/kernel/ostype"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no /proc")
	}
	k := newTaker(t)
	fp := taken(t, k, pathDep(path))
	if !fp.Entries[0].Racy || fp.Entries[0].Digest.IsZero() {
		t.Errorf("entry %+v, want a content and no trust", fp.Entries[0])
	}
	fp.Entries[0].Digest[0] ^= 1
	if match, updated := k.again().Check(fp); !match || updated != nil {
		t.Errorf("Check = %v, %v, want the content to decide, and no news", match, updated)
	}
}
