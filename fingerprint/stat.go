package fingerprint

import (
	"math"
	"time"
)

// The type bits of [Stat.Mode], the same on every system.
const (
	modeType    = 0o170000
	modeFIFO    = 0o010000
	modeDir     = 0o040000
	modeFile    = 0o100000
	modeSymlink = 0o120000
	modeSocket  = 0o140000
	modeBits    = 0o007777 // permissions
)

// Type returns the type of the file with stat s. The zero Stat is that of an
// absent file.
func (s Stat) Type() Type {
	switch s.Mode & modeType {
	case 0:
		if s == (Stat{}) {
			return TypeAbsent
		}
		return TypeDevice
	case modeFile:
		return TypeFile
	case modeDir:
		return TypeDir
	case modeSymlink:
		return TypeSymlink
	case modeFIFO:
		return TypeFIFO
	case modeSocket:
		return TypeSocket
	default:
		return TypeDevice
	}
}

// Exec reports whether the file has an executable bit.
func (s Stat) Exec() bool { return s.Mode&0o111 != 0 }

// Perm returns the permission bits, set-user-ID and the like among them.
func (s Stat) Perm() uint32 { return s.Mode & modeBits }

// SameFile reports whether s and o are stats of the same inode.
func (s Stat) SameFile(o Stat) bool { return s.Dev == o.Dev && s.Ino == o.Ino }

// String returns the type in words.
func (t Type) String() string {
	switch t {
	case TypeAbsent:
		return "absent"
	case TypeFile:
		return "file"
	case TypeDir:
		return "directory"
	case TypeSymlink:
		return "symlink"
	case TypeFIFO:
		return "fifo"
	case TypeSocket:
		return "socket"
	default:
		return "device"
	}
}

// nanoseconds returns a time as nanoseconds since the epoch. Times outside of
// the range of an int64 (1677 to 2262) become its minimum or maximum.
func nanoseconds(sec, nsec int64) int64 {
	const perSec = int64(time.Second)
	switch {
	case sec > math.MaxInt64/perSec-1:
		return math.MaxInt64
	case sec < math.MinInt64/perSec+1:
		return math.MinInt64
	}
	return sec*perSec + nsec
}

// unixNano is t.UnixNano without its undefined results.
func unixNano(t time.Time) int64 { return nanoseconds(t.Unix(), int64(t.Nanosecond())) }
