package memo

import (
	"bytes"

	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/store"
)

// A newLines is a writer for stdout that passes on only the lines that were not
// written before. It holds a digest of each distinct line: about 50 bytes.
type newLines struct {
	out  *capture.Sink
	seen map[[16]byte]struct{}
	// part is the beginning of a line, open says that the last line that was
	// written has no newline yet.
	part []byte
	open bool
}

func newNewLines(out *capture.Sink) *newLines {
	return &newLines{out: out, seen: map[[16]byte]struct{}{}}
}

func (l *newLines) Write(p []byte) (int, error) {
	l.part = append(l.part, p...)
	for {
		n := bytes.IndexByte(l.part, '\n')
		if n < 0 {
			return len(p), l.out.Err()
		}
		l.line(l.part[:n+1])
		l.part = l.part[n+1:]
	}
}

// flush writes a last line that has no newline.
func (l *newLines) flush() {
	if l != nil && len(l.part) > 0 {
		l.line(l.part)
		l.part = nil
	}
}

// line writes a line unless it is known. A line counts as the same with and
// without its newline.
func (l *newLines) line(line []byte) {
	text, whole := bytes.CutSuffix(line, []byte("\n"))
	sum := blake3.Sum256(text)
	digest := [16]byte(sum[:16])
	if _, known := l.seen[digest]; known {
		return
	}
	l.seen[digest] = struct{}{}
	if l.open {
		l.out.Write([]byte("\n"))
	}
	l.out.Write(line)
	l.open = !whole
}

// showKnown prints the lines of the last known result, and has the run print
// only lines that are not among them.
func (c *call) showKnown() {
	c.lines = newNewLines(c.out[0])
	c.out[0] = capture.NewSink(c.lines)
	known := c.lastKnown()
	if known == nil {
		return
	}
	defer known.close()
	// If it can't be read the run prints everything.
	_ = known.Chunks(func(stream store.Stream, off, n int64) error {
		if stream != store.Stdout {
			return nil
		}
		return c.out[0].CopyRange(known.File(), off, n)
	})
	c.lines.flush()
}
