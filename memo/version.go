package memo

import (
	"fmt"

	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// versionMax bounds the output of a version command.
const versionMax = 1 << 20

// askVersion runs a version command in a directory and returns a digest of its
// output.
func (c *call) askVersion(text, dir string) (fingerprint.Digest, error) {
	s := script{text: text, dir: dir, environ: c.environ(), most: versionMax}
	out, err := s.output()
	if err != nil {
		return fingerprint.Digest{}, fmt.Errorf("version command %q: %w", text, err)
	}
	return fingerprint.Digest(blake3.Sum256(out)), nil
}
