package recall

import (
	"errors"

	"github.com/seed-f39940ff/memo/store"
)

// errManyChunks says that an output has too many chunks for a record.
var errManyChunks = errors.New("too many chunks")

// addOutput adds the output of the result to r: the data of a small output, or
// the positions of a large one in the file.
func (c *Call) addOutput(d *Decision, r *Record) bool {
	isSmall := d.Result.StdoutSize <= MaxInline-min(d.Result.StderrSize, MaxInline)
	// The call has verified the result that it replayed, and isSound has checked
	// that the file is unchanged. A large file that was just stored has not
	// been verified.
	if !isSmall && !d.Replayed {
		return false
	}
	rd := d.Output
	if rd == nil {
		var err error
		if rd, err = c.store.Open(d.Ref); err != nil {
			return false
		}
		defer rd.Close()
		if isSmall && rd.Verify() != nil {
			return false
		}
	}
	err := rd.Chunks(func(stream store.Stream, off, n int64) error {
		if len(r.Chunks) == MaxChunks {
			return errManyChunks
		}
		chunk := Chunk{Stream: uint8(stream), Offset: off, Length: n}
		if isSmall {
			chunk = Chunk{Stream: uint8(stream), Data: make([]byte, n)}
			if _, err := rd.ReadAt(chunk.Data, off); err != nil {
				return err
			}
		}
		r.Chunks = append(r.Chunks, chunk)
		return nil
	})
	return err == nil
}
