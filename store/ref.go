package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// shardDigits is the number of leading hexadecimal digits of a key that name
// its shard. With 16^3 shards a directory has about 25 names at 100,000
// results. The digits are part of the group, so all keys of a command share a
// shard.
const shardDigits = 3

// readdirBatch bounds the number of names read from a directory at once.
const readdirBatch = 512

// A Ref names a result by its key, its creation time and a random id that makes
// the name unique. Refs are comparable.
type Ref struct {
	Key     fingerprint.Key
	Created int64 // nanoseconds since the epoch
	ID      uint64
}

// Name returns the file name of the result,
// <64 hex key>-<16 hex creation time>-<16 hex id>.
func (r Ref) Name() string {
	return fmt.Sprintf("%s-%016x-%016x", r.Key, uint64(r.Created), r.ID)
}

// nameSize is the length of a [Ref.Name].
const nameSize = 64 + 1 + 16 + 1 + 16

// parseRef reads a [Ref.Name].
func parseRef(name string) (Ref, error) {
	bad := func() (Ref, error) { return Ref{}, fmt.Errorf("result name %q: malformed", name) }
	if len(name) != nameSize || name[64] != '-' || name[81] != '-' || strings.ToLower(name) != name {
		return bad()
	}
	key, err := fingerprint.ParseKey(name[:64])
	if err != nil {
		return bad()
	}
	created, err1 := strconv.ParseUint(name[65:81], 16, 64)
	id, err2 := strconv.ParseUint(name[82:], 16, 64)
	if err1 != nil || err2 != nil {
		return bad()
	}
	return Ref{Key: key, Created: int64(created), ID: id}, nil
}

// CompareAge orders refs newest first, and refs of the same time by id.
func (r Ref) CompareAge(o Ref) int {
	return cmp.Or(cmp.Compare(o.Created, r.Created), cmp.Compare(o.ID, r.ID))
}

// ResultPath returns the path of the file of a result.
func (s *Store) ResultPath(ref Ref) string {
	name := ref.Name()
	return filepath.Join(s.dir, resultsDir, name[:shardDigits], name)
}

func (s *Store) shardPath(key fingerprint.Key) string {
	return filepath.Join(s.dir, resultsDir, key.String()[:shardDigits])
}

// Variants returns the results under a key, newest first. It returns none if
// the store or the shard does not exist.
func (s *Store) Variants(key fingerprint.Key) ([]Ref, error) { return s.matching(key.String()) }

// Group returns the results of all keys in a [fingerprint.Key.Group], newest
// first.
func (s *Store) Group(group string) ([]Ref, error) {
	if len(group) != 2*fingerprint.GroupSize {
		return nil, fmt.Errorf("group %q: want %d hexadecimal digits", group, 2*fingerprint.GroupSize)
	}
	return s.matching(group)
}

// Resolve returns the sorted keys that have results and begin with prefix, at
// least four hexadecimal digits.
func (s *Store) Resolve(prefix string) ([]fingerprint.Key, error) {
	if len(prefix) < 4 || len(prefix) > 64 || strings.Trim(prefix, "0123456789abcdef") != "" {
		return nil, fmt.Errorf("key %q: want 4 to 64 lower-case hexadecimal digits", prefix)
	}
	refs, err := s.matching(prefix)
	var keys []fingerprint.Key
	for _, r := range refs {
		keys = append(keys, r.Key)
	}
	slices.SortFunc(keys, func(a, b fingerprint.Key) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(keys), err
}

// matching returns the results whose names begin with prefix, newest first.
// prefix has at least shardDigits digits.
func (s *Store) matching(prefix string) ([]Ref, error) {
	var refs []Ref
	err := s.eachName(filepath.Join(s.dir, resultsDir, prefix[:shardDigits]), func(name string) bool {
		if strings.HasPrefix(name, prefix) && len(name) == nameSize {
			if ref, err := parseRef(name); err == nil {
				refs = append(refs, ref)
			}
		}
		return true
	})
	slices.SortFunc(refs, Ref.CompareAge)
	return refs, err
}

// All yields every result, shard by shard, in no order within a shard. It may
// miss results that are added or removed during the iteration. For a directory
// that can't be read it yields a zero Ref and the error, and continues.
func (s *Store) All() iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		for dir, err := range s.shards() {
			if err != nil {
				if !yield(Ref{}, err) {
					return
				}
				continue
			}
			more := true
			err := s.eachName(dir, func(name string) bool {
				if ref, err := parseRef(name); err == nil && name[:shardDigits] == filepath.Base(dir) {
					more = yield(ref, nil)
				}
				return more
			})
			if !more || err != nil && !yield(Ref{}, err) {
				return
			}
		}
	}
}

// shards yields the paths of the shard directories, sorted.
func (s *Store) shards() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var names []string
		err := s.eachName(s.Path(resultsDir), func(name string) bool {
			if len(name) == shardDigits && strings.Trim(name, "0123456789abcdef") == "" {
				names = append(names, name)
			}
			return true
		})
		if err != nil && !yield("", err) {
			return
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(s.Path(resultsDir, name), nil) {
				return
			}
		}
	}
}

// eachName calls do with the names in a directory until do returns false. A
// missing directory has none. eachName removes an entry that is not a directory
// and mends a directory that can't be read, except for the format directory and
// its parents, which may be symlinks: see [Open].
func (s *Store) eachName(dir string, do func(name string) bool) error {
	isTop := dir == s.dir || dir == s.root
	flag := os.O_RDONLY
	if !isTop {
		flag |= openNoFollow
	}
	d, err := os.OpenFile(dir, flag, 0)
	if errors.Is(err, fs.ErrPermission) && !isTop && s.mendWay(dir) {
		d, err = os.OpenFile(dir, flag, 0)
	}
	if errors.Is(err, fs.ErrNotExist) || err != nil && !isTop && clearAway(dir, fs.ModeDir) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read directory %q: %w", dir, bare(err))
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(readdirBatch)
		for _, name := range names {
			if !do(name) {
				return nil
			}
		}
		// If the directory is removed meanwhile, the error is ENOENT or EOF.
		if len(names) == 0 || err != nil {
			if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) || !isTop && clearAway(dir, fs.ModeDir) {
				return nil
			}
			return fmt.Errorf("read directory %q: %w", dir, bare(err))
		}
	}
}

// Remove deletes a result and what lies beside it. It returns nil if they are
// already gone. A sweep removes blobs that only this result named.
func (s *Store) Remove(ref Ref) error {
	path := s.ResultPath(ref)
	err := os.Remove(path)
	if berr := removeBeside(path); err == nil || errors.Is(err, fs.ErrNotExist) {
		err = berr
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove result %q: %w", path, bare(err))
	}
	return nil
}
