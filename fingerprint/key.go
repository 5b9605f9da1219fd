package fingerprint

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// GroupSize is the number of leading bytes of a [Key] that depend only on
// scope, argv or template, and working directory. All keys of a command share
// them.
const GroupSize = 8

// A Key is the command key. The first [GroupSize] bytes are a digest of scope,
// argv or template, and working directory. The rest is a digest of the whole
// identity, except for the last bit, which is set for templates.
type Key [32]byte

// String returns the key as 64 hexadecimal digits.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// IsZero reports whether k was never set.
func (k Key) IsZero() bool { return k == Key{} }

// Group returns the hexadecimal digits that all keys of the command share.
func (k Key) Group() string { return hex.EncodeToString(k[:GroupSize]) }

// Templated reports whether the key has a template instead of an argv. An argv
// never leads to the group of such a key.
func (k Key) Templated() bool { return k[len(k)-1]&1 != 0 }

// ParseKey reads the 64 hexadecimal digits of [Key.String].
func ParseKey(s string) (Key, error) {
	var k Key
	if len(s) != 2*len(k) {
		return k, fmt.Errorf("key %q: want %d hexadecimal digits", s, 2*len(k))
	}
	if _, err := hex.Decode(k[:], []byte(s)); err != nil || strings.ToLower(s) != s {
		return k, fmt.Errorf("key %q: want lower-case hexadecimal digits", s)
	}
	return k, nil
}

// An EnvState is the state of a variable in a key. It never contains the value.
type EnvState struct {
	Name   string `cbor:"1,keyasint"`
	Set    bool   `cbor:"2,keyasint,omitempty"`
	Digest Digest `cbor:"3,keyasint,omitempty"`
}

// An Identity is everything that distinguishes a command from others.
type Identity struct {
	Scope string
	Argv  []string
	// Template is the expanded --key text. It replaces Argv if HasTemplate.
	Template    string
	HasTemplate bool
	// Dir is the physical working directory, empty with AnyDir.
	Dir    string
	AnyDir bool
	// DirName is the value of PWD if it is another name of Dir; see
	// [World.DirName].
	DirName string
	// Patterns are the declared names and globs of variables. Env holds the
	// states of the variables that they match, and of those of the locale and
	// time zone, sorted by name.
	Patterns []string
	Env      []EnvState
	Euid     int
	Egid     int
	// Stdin is the digest of the standard input, if HasStdin.
	Stdin    Digest
	HasStdin bool
	// Deps are the declared dependency patterns, verbatim.
	Deps []string
	// Outputs are the declared patterns of output files.
	Outputs    []string
	VersionCmd string
	// Shell, Pty and NoProgram are the modes that affect what memo captures or
	// checks.
	Shell     bool
	Pty       bool
	NoProgram bool
}

// Key returns the command key.
func (id *Identity) Key() Key {
	var k Key
	copy(k[:GroupSize], id.group())
	h := NewFieldHash("memo command key 1")
	id.addCommand(h)
	if id.DirName != "" {
		h.String("dir name", id.DirName)
	}
	h.Strings("patterns", id.Patterns)
	h.Int("env", int64(len(id.Env)))
	for _, e := range id.Env {
		h.String("name", e.Name)
		h.Bool("set", e.Set)
		h.Digest("value", e.Digest)
	}
	h.Int("euid", int64(id.Euid))
	h.Int("egid", int64(id.Egid))
	h.Bool("has stdin", id.HasStdin)
	h.Digest("stdin", id.Stdin)
	h.Strings("deps", id.Deps)
	if len(id.Outputs) > 0 {
		h.Strings("outputs", id.Outputs)
	}
	h.String("version", id.VersionCmd)
	h.Bool("shell", id.Shell)
	h.Bool("pty", id.Pty)
	h.Bool("no program", id.NoProgram)
	sum := h.Sum()
	copy(k[GroupSize:], sum[:])
	k[len(k)-1] &^= 1
	if id.HasTemplate {
		k[len(k)-1] |= 1
	}
	return k
}

// Group returns the hexadecimal digits that all keys with this scope, argv or
// template, and working directory share.
func (id *Identity) Group() string { return hex.EncodeToString(id.group()) }

func (id *Identity) group() []byte {
	h := NewFieldHash("memo command group 1")
	id.addCommand(h)
	sum := h.Sum()
	return sum[:GroupSize]
}

// addCommand adds scope, argv or template, and working directory.
func (id *Identity) addCommand(h *FieldHash) {
	h.String("scope", id.Scope)
	if id.HasTemplate {
		h.String("template", id.Template)
	} else {
		h.Strings("argv", id.Argv)
	}
	h.Bool("any dir", id.AnyDir)
	h.String("dir", id.Dir)
}
