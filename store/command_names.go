package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A command whose runs are never stored has no result that says what the
// command is. Its words are in a file of their own instead, for the figures: a
// magic, a BLAKE3 checksum over magic and body, and the body, a list of
// commandName in CBOR, the newest last. The file is changed under the mutex of
// the totals. Losing it costs the names until the commands run again.
const (
	namesName    = "commands"
	namesMagic   = "memocmd\x01"
	namesMinimum = len(namesMagic) + 32

	// maxNames, maxNameWords and maxNamePlace bound the commands in the file,
	// the bytes of the words of each, and those of its directory and scope.
	maxNames     = 256
	maxNameWords = 200
	maxNamePlace = 1024
	maxNamesFile = 1 << 20
)

// A commandName says what a command is that has no result.
type commandName struct {
	Group group    `cbor:"1,keyasint"`
	Argv  []string `cbor:"2,keyasint"`
	Dir   string   `cbor:"3,keyasint,omitempty"`
	Scope string   `cbor:"4,keyasint,omitempty"`
}

// NameCommand keeps what the command of a key is, for [Stats]: as no result
// does. The words are cut to 200 bytes; the 256 commands that were added last
// are known. It is best effort, and costs the reading of a file if the command
// is known.
func (s *Store) NameCommand(key fingerprint.Key, argv []string, dir, scope string) {
	if len(argv) == 0 || len(dir)+len(scope) > maxNamePlace {
		return
	}
	known := func(n commandName) bool { return n.Group == groupOf(key) }
	if slices.ContainsFunc(s.names(), known) {
		return
	}
	unlock, err := s.lockMutex(totalsMutex, exclusive, readWait)
	if err != nil {
		return
	}
	defer unlock()
	names := s.names()
	if slices.ContainsFunc(names, known) {
		return // another process was faster
	}
	names = append(names, commandName{groupOf(key), cutArgv(argv, maxNameWords), dir, scope})
	b, err := encodeNames(names[max(0, len(names)-maxNames):])
	if err != nil {
		return
	}
	path := s.Path(namesName)
	clearAway(path, 0)
	_ = s.inDir(s.dir, func() error { return writeWhole(path, b) })
}

// names reads the file. One that is damaged, or not there, names no command.
func (s *Store) names() []commandName {
	names, _ := readNames(s.Path(namesName))
	return names
}

func readNames(path string) ([]commandName, error) {
	b, err := ReadOwn(path, maxNamesFile)
	if err != nil {
		return nil, err
	}
	names, err := decodeNames(b)
	if err != nil {
		return nil, &CorruptError{path, err.Error()}
	}
	return names, nil
}

func encodeNames(names []commandName) ([]byte, error) {
	body, err := marshal(names)
	if err != nil {
		return nil, fmt.Errorf("encode names of commands: %w", err)
	}
	sum := checksum([]byte(namesMagic), body)
	return slices.Concat([]byte(namesMagic), sum[:], body), nil
}

func decodeNames(b []byte) ([]commandName, error) {
	if len(b) < namesMinimum || string(b[:len(namesMagic)]) != namesMagic {
		return nil, errors.New("not the names of commands")
	}
	body := b[namesMinimum:]
	if checksum(b[:len(namesMagic)], body) != fingerprint.Digest(b[len(namesMagic):namesMinimum]) {
		return nil, errors.New("checksum differs")
	}
	var names []commandName
	if err := unmarshalKnown(body, &names); err != nil {
		return nil, err
	}
	return names[max(0, len(names)-maxNames):], nil
}
