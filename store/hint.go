package store

import (
	"fmt"
	"os"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A hint is a file beside a result that keeps newer stats of its
// dependencies: files that were touched, or copied with a checkout, and have
// the same content as before. It is a magic, a BLAKE3 checksum over magic and
// body, and the body: the fingerprints in CBOR. Losing one costs a rehash.
const (
	hintSuffix = ".hint"
	hintMagic  = "memo.h1\n"
)

// WriteHint stores fingerprints that match those of a result but have newer
// stats. It is best effort: the caller may ignore the error.
func (s *Store) WriteHint(ref Ref, fps []fingerprint.Fingerprint) error {
	path := s.ResultPath(ref)
	if _, err := os.Lstat(path); err != nil {
		return fmt.Errorf("write hint for %q: %w", path, bare(err))
	}
	body, err := marshal(fps)
	if err != nil {
		return fmt.Errorf("write hint for %q: %w", path, err)
	}
	if err := writeWhole(path+hintSuffix, sealFile(hintMagic, body)); err != nil {
		return fmt.Errorf("write hint for %q: %w", path, bare(err))
	}
	return nil
}

// Hinted returns the fingerprints of the result, with the newer stats of a hint
// for those in the same state.
func (r *Reading) Hinted() []fingerprint.Fingerprint {
	recorded := r.Result.Fingerprints
	if !r.named || len(recorded) == 0 {
		return recorded
	}
	hints, err := readHint(r.path + hintSuffix)
	if err != nil || len(hints) != len(recorded) {
		return recorded
	}
	fps := make([]fingerprint.Fingerprint, len(recorded))
	for i, fp := range recorded {
		fps[i] = fp
		if hints[i].Digest == fp.Digest && hints[i].Err == "" && hints[i].Dep.Kind == fp.Dep.Kind && hints[i].Dep.Pattern == fp.Dep.Pattern {
			fps[i] = hints[i]
		}
	}
	return fps
}

func readHint(path string) ([]fingerprint.Fingerprint, error) {
	data, err := ReadOwn(path, maxMeta)
	if err != nil {
		return nil, err
	}
	body, err := unsealFile(path, hintMagic, data)
	if err != nil {
		return nil, err
	}
	var fps []fingerprint.Fingerprint
	if err := unmarshal(body, &fps); err != nil {
		return nil, &CorruptError{path, err.Error()}
	}
	return fps, nil
}
