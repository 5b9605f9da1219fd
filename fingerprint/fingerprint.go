package fingerprint

// A Kind is the kind of a [Dependency]. Kinds are stored, so values never
// change their meaning.
type Kind uint8

const (
	// KindPath is a literal path: a file, a symlink, a directory with its
	// whole tree, or a path that does not exist.
	KindPath Kind = 1
	// KindGlob is a glob pattern: the sorted names and types that match, and
	// the content of each matching file. A matching directory counts by name
	// and type; `dir/**` includes its tree.
	KindGlob Kind = 2
	// KindProgram is the program of the command, found as execvp finds it.
	KindProgram Kind = 3
	// KindVersion is the standard output of a shell command.
	KindVersion Kind = 4
	// KindEnv is the state of one environment variable, or of those that match
	// a glob. Declared variables belong to the command key; this kind is for
	// variables added while the command ran.
	KindEnv Kind = 5
)

// String names a kind as `memo show` does.
func (k Kind) String() string {
	switch k {
	case KindPath:
		return "path"
	case KindGlob:
		return "glob"
	case KindProgram:
		return "program"
	case KindVersion:
		return "version"
	case KindEnv:
		return "env"
	default:
		return "unknown"
	}
}

// A Dependency is an input that is checked at every lookup.
type Dependency struct {
	Kind Kind `cbor:"1,keyasint"`
	// Pattern is the path, glob, program name, version command or name of a
	// variable, as it was declared. A relative one is resolved against Dir, or
	// against the [Taker]'s directory if that is empty.
	Pattern string `cbor:"2,keyasint"`
	// Excludes are the globs, without their "!", whose matches are excluded.
	Excludes []string `cbor:"3,keyasint,omitempty"`
	// Inherited dependencies were declared by a nested command.
	Inherited bool `cbor:"4,keyasint,omitempty"`
	// Dir is the physical directory that an inherited dependency belongs to.
	Dir string `cbor:"5,keyasint,omitempty"`
	// Counts is what else counts of the files of a path or glob.
	Counts Counts `cbor:"6,keyasint,omitempty"`
}

// A Type is the type of a file.
type Type uint8

const (
	TypeAbsent  Type = 0
	TypeFile    Type = 1
	TypeDir     Type = 2
	TypeSymlink Type = 3
	TypeFIFO    Type = 4
	TypeSocket  Type = 5
	TypeDevice  Type = 6
)

// A Stat holds the attributes by which an unchanged file is recognized.
type Stat struct {
	Dev   uint64 `cbor:"1,keyasint,omitempty"`
	Ino   uint64 `cbor:"2,keyasint,omitempty"`
	Mode  uint32 `cbor:"3,keyasint,omitempty"` // as in st_mode, type bits included
	Size  int64  `cbor:"4,keyasint,omitempty"`
	Mtime int64  `cbor:"5,keyasint,omitempty"` // nanoseconds since the epoch
	Ctime int64  `cbor:"6,keyasint,omitempty"` // nanoseconds since the epoch
}

// An Entry is one path of a fingerprint: its state, and the stat by which an
// unchanged file is recognized without reading it.
type Entry struct {
	// Path is relative to the dependency's path or glob base, and empty for
	// that path itself. For a program it is the path that the lookup found.
	Path string `cbor:"1,keyasint,omitempty"`
	Type Type   `cbor:"2,keyasint,omitempty"`
	Exec bool   `cbor:"3,keyasint,omitempty"`
	// Digest is the digest of the content of a file or of a symlink's target.
	Digest Digest `cbor:"4,keyasint,omitempty"`
	// Link is the text of a symlink.
	Link string `cbor:"5,keyasint,omitempty"`
	// TargetType is the type of a symlink's target.
	TargetType Type `cbor:"6,keyasint,omitempty"`
	// Walked marks a directory that was only listed to find other entries and
	// is not part of the state (a parent of the matches of a glob).
	Walked bool `cbor:"7,keyasint,omitempty"`
	// Stat is the lstat of the path, Target the stat of a symlink's target.
	Stat   Stat  `cbor:"8,keyasint,omitempty"`
	Target *Stat `cbor:"9,keyasint,omitempty"`
	// Racy marks a stat too young to be trusted.
	Racy bool `cbor:"10,keyasint,omitempty"`
}

// A Fingerprint is the recorded state of one dependency. "Absent" is a state.
// An unknown state (Err) matches nothing.
type Fingerprint struct {
	Dep Dependency `cbor:"1,keyasint"`
	// Digest covers the whole state. Two fingerprints of the same dependency
	// match if and only if their digests are equal.
	Digest  Digest  `cbor:"2,keyasint"`
	Entries []Entry `cbor:"3,keyasint,omitempty"`
	// Err, if not empty, says why the state is unknown.
	Err string `cbor:"4,keyasint,omitempty"`
	// Taken is the time of the fingerprint in nanoseconds since the epoch.
	Taken int64 `cbor:"5,keyasint,omitempty"`
}

// A Change is one difference between a recorded and the current state, for
// people. Path is as declared, and What is a short clause such as "content
// differs", "is new", "is gone", "became a directory".
type Change struct{ Path, What string }
