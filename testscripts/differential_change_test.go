//go:build unix

package testscripts

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// changes returns the changes to the world or the caches that a step can make.
func (d *differential) changes() []func() {
	file := "top/project/" + pick(d, "a", "b", "c", "d/1.txt", "d/2.txt", "d/3.txt", "sub/a", "absent", "link")
	return []func(){
		func() { d.edit(file) },
		func() { d.edit(file) },
		func() { d.editSameSize(file) },
		func() { d.editSameSize(file) },
		func() { d.touch(file) },
		func() { d.remove(file) },
		func() { d.rename(file) },
		func() { d.chmod(file) },
		func() { d.symlink(file) },
		func() { d.mkdir(file) },
		d.setVariable,
		d.setVariable,
		d.setVariable,
		d.moveClock,
		d.moveClock,
		func() { d.both("invalidate", "--tag", pick(d, "t1", "t2")) },
		func() { d.both("invalidate", "--dep", d.path("top/project/"+pick(d, "a", "d", "sub", "absent"))) },
		func() { d.both("invalidate", "--command", pick(d, "prog*", "*a")) },
		func() { d.both("invalidate", "--", "prog", "a") },
		func() { d.both("invalidate", "--scope", "s1") },
		d.configure,
		d.configure,
		d.shadow,
		d.shadow,
		func() { d.toggle("fail") },
		d.evict,
		d.corrupt,
		d.expose,
		d.growJournal,
		d.pause,
		d.pause,
		d.calm,
		d.calm,
	}
}

func (d *differential) edit(file string) {
	d.note("edit %s", file)
	d.write(file, strings.Repeat("x", 1+d.rng.IntN(50))+"\n", 0o600)
}

// editSameSize changes content but not the size, and sometimes not the mtime.
func (d *differential) editSameSize(file string) {
	path := d.path(file)
	old, err := os.ReadFile(path)
	info, serr := os.Stat(path)
	if err != nil || serr != nil || len(old) == 0 {
		return
	}
	keep := d.rng.IntN(2) == 0
	d.note("edit %s, same size, keep mtime: %v", file, keep)
	old[0] = byte('a' + d.rng.IntN(26))
	if err := os.WriteFile(path, old, 0o600); err != nil {
		d.t.Fatal(err)
	}
	if keep {
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *differential) touch(file string) {
	when := time.Now().Add(time.Duration(d.rng.IntN(3)-1) * time.Hour)
	d.note("touch %s %v", file, when)
	_ = os.Chtimes(d.path(file), when, when) // it may not be there
}

func (d *differential) remove(file string) {
	d.note("remove %s", file)
	if err := os.RemoveAll(d.path(file)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *differential) rename(file string) {
	to := "top/project/" + pick(d, "a", "b", "absent", "d/3.txt")
	d.note("rename %s %s", file, to)
	_ = os.Rename(d.path(file), d.path(to)) // not every pair can be
}

func (d *differential) chmod(file string) {
	mode := pick[os.FileMode](d, 0o600, 0o700, 0o755)
	d.note("chmod %s %o", file, mode)
	_ = os.Chmod(d.path(file), mode) // it may not be there
}

func (d *differential) symlink(file string) {
	to := pick(d, "b", "c", "d", "nowhere", "link")
	d.note("symlink %s -> %s", file, to)
	d.remove(file)
	if err := os.Symlink(to, d.path(file)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *differential) mkdir(file string) {
	d.remove(file)
	d.note("mkdir %s", file)
	if err := os.Mkdir(d.path(file), 0o700); err != nil {
		d.t.Fatal(err)
	}
}

func (d *differential) setVariable() {
	name := pick(d, "FOO", "AWS_A", "AWS_B", "LC_TIME", "MEMO_TTL", "MEMO_SCOPE", "MEMO_TAG", "MEMO_SWR", "MEMO_NEGATIVE_TTL", "MEMO_OTHER", "MEMO_DISABLE")
	if _, set := d.env[name]; set || name == "MEMO_DISABLE" && d.rng.IntN(4) > 0 {
		d.note("unset %s", name)
		delete(d.env, name)
		return
	}
	value := pick(d, "", "1", "2")
	switch name {
	case "MEMO_TTL", "MEMO_SWR", "MEMO_NEGATIVE_TTL":
		value = pick(d, "1m", "3h", "", "nonsense")
	case "MEMO_TAG":
		value = pick(d, "t1", "t1,t2")
	}
	d.note("set %s=%s", name, value)
	d.env[name] = value
}

func (d *differential) moveClock() {
	by := pick(d, time.Second, 4*time.Minute, 11*time.Minute, 2*time.Hour, 25*time.Hour, -3*time.Minute, -90*time.Minute)
	d.note("clock %v", by)
	d.clock += by
}

// configure adds, changes or removes a configuration file.
func (d *differential) configure() {
	name := pick(d, "top/project/.memo.yaml", "top/.memo.yaml", "top/project/sub/.memo.yaml", "home/.config/memo/config.yaml")
	if _, err := os.Lstat(d.path(name)); err == nil && d.rng.IntN(3) > 0 {
		d.remove(name)
		return
	}
	text := pick(d, "ttl: 1m\n", "env: [FOO]\n", "tags: [t1]\n", "default_ttl: 2m\n", "dep: [a]\n", "unknown: 1\n", "",
		"rules:\n  - match: \"prog a\"\n    ttl: 2m\n")
	d.note("configure %s: %q", name, text)
	d.write(name, text, 0o600)
}

// shadow adds or removes a program of the same name earlier on PATH, edits the
// program, or changes the mode of one of them.
func (d *differential) shadow() {
	switch d.rng.IntN(4) {
	case 0:
		name := pick(d, "bin1/prog", "bin2/prog")
		mode := pick[os.FileMode](d, 0o755, 0o755, 0o600)
		d.note("chmod %s %o", name, mode)
		_ = os.Chmod(d.path(name), mode) // it may not be there
	case 1:
		d.note("edit the program")
		d.write("bin2/prog", fmt.Sprintf(differentialProgram, pick(d, "run", "run2", "run3")), 0o755)
	case 2:
		d.remove("bin1/prog")
	default:
		mode := pick[os.FileMode](d, 0o755, 0o600)
		d.note("shadow the program, mode %o", mode)
		d.write("bin1/prog", fmt.Sprintf(differentialProgram, "shadow"), mode)
	}
}

func (d *differential) toggle(name string) {
	if _, err := os.Lstat(d.path(name)); err == nil {
		d.remove(name)
		return
	}
	d.note("create %s", name)
	d.write(name, "", 0o600)
}

// results returns the n-th result in both caches, or nothing. A lookup may have
// removed a damaged variant from only one of them, so only keys with the same
// number of variants in both count.
func (d *differential) results(n int) []string {
	variants := map[string][2][]string{}
	for i, cache := range []string{"fast", "slow"} {
		files, err := filepath.Glob(d.path(cache + "/v2/results/???/*"))
		if err != nil {
			d.t.Fatal(err)
		}
		for _, file := range files { // by age
			if key, _, _ := strings.Cut(filepath.Base(file), "-"); !strings.HasSuffix(file, ".hint") {
				both := variants[key]
				both[i] = append(both[i], file)
				variants[key] = both
			}
		}
	}
	var pairs [][]string
	for _, key := range slices.Sorted(maps.Keys(variants)) {
		if both := variants[key]; len(both[0]) == len(both[1]) {
			for i := range both[0] {
				pairs = append(pairs, []string{both[0][i], both[1][i]})
			}
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return pairs[n%len(pairs)]
}

func (d *differential) evict() {
	n := d.rng.IntN(1000)
	d.note("evict result %d", n)
	for _, path := range d.results(n) {
		if err := os.Remove(path); err != nil {
			d.t.Fatal(err)
		}
	}
}

// corrupt flips a bit of a result or truncates it.
func (d *differential) corrupt() {
	n, cut := d.rng.IntN(1000), d.rng.IntN(2) == 0
	at := d.rng.Float64()
	d.note("corrupt result %d at %.3f, cut: %v", n, at, cut)
	for _, path := range d.results(n) {
		b, err := os.ReadFile(path)
		if err != nil {
			d.t.Fatal(err)
		}
		i := int(at * float64(len(b)))
		if cut {
			b = b[:i]
		} else {
			b[i] ^= 4
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}

// expose makes the caches writable by other users, or private again.
func (d *differential) expose() {
	mode := pick[os.FileMode](d, 0o700, 0o700, 0o700, 0o722)
	d.note("chmod of the caches %o", mode)
	d.protect(mode)
}

// protect sets the mode of the caches.
func (d *differential) protect(mode os.FileMode) {
	for _, cache := range []string{"fast", "slow"} {
		_ = os.Chmod(d.path(cache), mode) // it may not be there
	}
}

// growJournal makes the journal too large for recall to append to it.
func (d *differential) growJournal() {
	d.note("grow the journal")
	for _, cache := range []string{"fast", "slow"} {
		_ = os.Truncate(d.path(cache+"/v2/journal"), 1<<20+1) // it may not be there
	}
}

// pause lets files become old enough that memo trusts their stats.
func (d *differential) pause() {
	d.note("pause")
	time.Sleep(25 * time.Millisecond)
}

// calm undoes the changes that make every call bypass the cache.
func (d *differential) calm() {
	d.note("calm")
	for _, name := range []string{"top/project/.memo.yaml", "top/.memo.yaml", "top/project/sub/.memo.yaml", "home/.config/memo/config.yaml", "fail"} {
		d.remove(name)
	}
	d.protect(0o700)
	clear(d.env)
	time.Sleep(25 * time.Millisecond)
}
