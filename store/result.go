package store

import (
	"math"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A Stream is the stream of a chunk of output: stdout or stderr.
type Stream uint8

const (
	Stdout Stream = 1
	Stderr Stream = 2
)

// Lifetimes say how long a result is usable, measured from its creation.
type Lifetimes struct {
	// TTL is how long a result is fresh. Until, if set, replaces it with a
	// point in time, and Never with no end.
	TTL   time.Duration `cbor:"1,keyasint,omitempty"`
	Until int64         `cbor:"2,keyasint,omitempty"` // nanoseconds since the epoch
	Never bool          `cbor:"3,keyasint,omitempty"`

	SWR          time.Duration `cbor:"4,keyasint,omitempty"`
	StaleIfError time.Duration `cbor:"5,keyasint,omitempty"`
	NegativeTTL  time.Duration `cbor:"6,keyasint,omitempty"`
	CacheExit    []int         `cbor:"7,keyasint,omitempty"` // empty: 0 only
}

// NoEnd is the value of Carried for a result that never ends by age.
const NoEnd = math.MaxInt64

// A Mark is a position in the invalidation log.
type Mark struct {
	Log    [16]byte `cbor:"1,keyasint"`
	Length int64    `cbor:"2,keyasint"`
}

// A Result is one recorded run, without its output.
type Result struct {
	Key   fingerprint.Key `cbor:"1,keyasint"`
	Scope string          `cbor:"2,keyasint,omitempty"`
	Argv  []string        `cbor:"3,keyasint"`
	// Dir is the physical directory of the run. With AnyDir it is not part of
	// the key.
	Dir    string `cbor:"4,keyasint,omitempty"`
	AnyDir bool   `cbor:"5,keyasint,omitempty"`

	// Modes and declarations of the run that made the result.
	Shell      bool                   `cbor:"6,keyasint,omitempty"`
	Pty        bool                   `cbor:"7,keyasint,omitempty"`
	NoProgram  bool                   `cbor:"8,keyasint,omitempty"`
	Stdin      bool                   `cbor:"9,keyasint,omitempty"`
	Template   bool                   `cbor:"10,keyasint,omitempty"`
	Patterns   []string               `cbor:"11,keyasint,omitempty"`
	Env        []fingerprint.EnvState `cbor:"12,keyasint,omitempty"`
	VersionCmd string                 `cbor:"13,keyasint,omitempty"`
	DepArgs    []string               `cbor:"14,keyasint,omitempty"`

	// Created is the end of the run in nanoseconds since the epoch, from which
	// ages count. Elapsed is the duration of the run.
	Created  int64         `cbor:"15,keyasint"`
	Elapsed  time.Duration `cbor:"16,keyasint"`
	ExitCode int           `cbor:"17,keyasint,omitempty"`

	// Lifetimes are those declared by the run. Carried, in nanoseconds since
	// the epoch, is an end that the result itself states and that takes
	// precedence over any reader's TTL; 0 if there is none, [NoEnd] if the
	// result never ends.
	Lifetimes Lifetimes `cbor:"18,keyasint"`
	Carried   int64     `cbor:"19,keyasint,omitempty"`

	Tags         []string                  `cbor:"20,keyasint,omitempty"`
	Fingerprints []fingerprint.Fingerprint `cbor:"21,keyasint,omitempty"`
	Mark         Mark                      `cbor:"22,keyasint"`

	// StdoutSize and StderrSize are the lengths of the streams in bytes. The
	// writer sets them.
	StdoutSize int64 `cbor:"23,keyasint,omitempty"`
	StderrSize int64 `cbor:"24,keyasint,omitempty"`

	// PayloadDigest covers every chunk with its stream and length. The writer
	// sets it.
	PayloadDigest fingerprint.Digest `cbor:"25,keyasint"`

	// Cap, in nanoseconds since the epoch, limits both TTL and Carried. It
	// comes from the results that this one is made of; 0 if there is none.
	Cap int64 `cbor:"26,keyasint,omitempty"`

	// Caller is what else the key was made of, nil in results of an earlier
	// memo.
	Caller *Caller `cbor:"27,keyasint,omitempty"`

	// OutputArgs are the declared patterns of output files, and Outputs the
	// files that matched them after the run, sorted by path.
	OutputArgs []string `cbor:"28,keyasint,omitempty"`
	Outputs    []Output `cbor:"29,keyasint,omitempty"`
}

// A Caller holds the fields of a key that only its caller determined.
type Caller struct {
	Euid int `cbor:"1,keyasint"`
	Egid int `cbor:"2,keyasint"`
	// DirName is the value of PWD if it is another name of the directory.
	DirName string `cbor:"3,keyasint,omitempty"`
	// Stdin is the digest of the standard input if it belongs to the key.
	Stdin fingerprint.Digest `cbor:"4,keyasint,omitempty"`
}
