package store

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func succeeded(r *Result) bool { return r.ExitCode == 0 }

// variantOf returns a result whose only dependency is in a numbered state.
func variantOf(created int64, exit, state int) *Result {
	res := testResult(created)
	res.ExitCode = exit
	res.Fingerprints = []fingerprint.Fingerprint{{
		Dep:    fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: "f"},
		Digest: fingerprint.Digest{0: byte(state), 1: byte(state >> 8)},
	}}
	return res
}

func prune(t *testing.T, s *Store, keep Ref) (removed []Ref) {
	t.Helper()
	must(t, s.Prune(keep, succeeded, func(ref Ref, size int64) {
		if size <= 0 {
			t.Errorf("size %d", size)
		}
		removed = append(removed, ref)
	}))
	return removed
}

func TestPruneReplaces(t *testing.T) {
	s := openTest(t)
	s.now = func() time.Time { return time.Unix(0, 1000) }
	key := testKey(1)
	same := put(t, s, key, variantOf(1, 0, 1), "")
	otherState := put(t, s, key, variantOf(2, 0, 2), "")
	otherSlot := put(t, s, key, variantOf(3, 1, 1), "")
	future := put(t, s, key, variantOf(2000, 0, 1), "")
	later := put(t, s, key, variantOf(500, 0, 1), "")
	keep := put(t, s, key, variantOf(400, 0, 1), "")
	got := prune(t, s, keep)
	if len(got) != 2 || !slices.Contains(got, same) || !slices.Contains(got, future) {
		t.Errorf("removed %v", got)
	}
	left, err := s.Variants(key)
	must(t, err)
	if want := []Ref{later, keep, otherSlot, otherState}; !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
}

func TestPruneBounds(t *testing.T) {
	s := openTest(t)
	key := testKey(1)
	var good, failed []Ref
	for i := range 12 {
		good = append(good, put(t, s, key, variantOf(int64(1+i), 0, i), ""))
		failed = append(failed, put(t, s, key, variantOf(int64(100+i), 1, i), ""))
	}
	prune(t, s, failed[11])
	left, err := s.Variants(key)
	must(t, err)
	want := slices.Concat(good, failed[8:])
	slices.SortFunc(want, Ref.CompareAge)
	if !slices.Equal(left, want) {
		t.Errorf("left %d results, want the 12 good and the 4 youngest failures", len(left))
	}
	for i := range 8 {
		prune(t, s, put(t, s, key, variantOf(int64(200+i), 0, 50+i), ""))
	}
	left, err = s.Variants(key)
	must(t, err)
	if len(left) != maxVariants || slices.Contains(left, good[3]) || !slices.Contains(left, good[4]) {
		t.Errorf("left %d: the 16 youngest good results were not kept", len(left))
	}
}

func TestHints(t *testing.T) {
	s := openTest(t)
	res := variantOf(1, 0, 1)
	ref := put(t, s, testKey(1), res, "")
	read := func() []fingerprint.Fingerprint {
		r, err := s.Open(ref)
		must(t, err)
		defer r.Close()
		return r.Hinted()
	}
	if got := read()[0].Taken; got != 0 {
		t.Fatalf("without a hint: got %d", got)
	}
	fresh := slices.Clone(res.Fingerprints)
	fresh[0].Taken = 7
	must(t, s.WriteHint(ref, fresh))
	if got := read()[0].Taken; got != 7 {
		t.Errorf("with a hint: got %d, want 7", got)
	}
	lying := slices.Clone(fresh)
	lying[0].Digest[0]++
	must(t, s.WriteHint(ref, lying))
	if got := read()[0]; got.Taken != 0 || got.Digest != res.Fingerprints[0].Digest {
		t.Errorf("a hint for another state was used: %+v", got)
	}
	must(t, s.WriteHint(ref, fresh))
	must(t, s.Remove(ref))
	if err := s.WriteHint(ref, fresh); err == nil {
		t.Error("a hint for no result was written")
	}
	if n, err := s.VerifyAll(false, nil); n != 0 || err != nil {
		t.Errorf("left after Remove: %d files, %v", n, err)
	}
}

func FuzzReadHint(f *testing.F) {
	s := openTest(f)
	ref := put(f, s, testKey(1), testResult(1), "")
	sound, err := marshal(variantOf(1, 0, 1).Fingerprints)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound, true)
	f.Add([]byte{0x80}, false)
	f.Fuzz(func(t *testing.T, body []byte, sealed bool) {
		data := body
		if sealed {
			sum := checksum([]byte(hintMagic), body)
			data = slices.Concat([]byte(hintMagic), sum[:], body)
		}
		path := s.ResultPath(ref) + hintSuffix
		must(t, writeWhole(path, data))
		if fps, err := readHint(path); err == nil && !sealed && len(fps) > 0 {
			t.Error("accepted without a checksum")
		}
	})
}
