//go:build linux

// Command soak tries to make memo break its promises. It does random things
// to small worlds of files, with kills, damage, full disks, clocks that jump
// and callers at the same time, and judges every call by a model that knows
// what the call may print.
//
//	go run ./bench/soak                         ten minutes
//	go run ./bench/soak -duration 30s           a short form
//	go run ./bench/soak -seed SEED -world N     one world once more
//
// The command that memo remembers is prog.sh. It prints the values of its
// inputs and a name for the run, and writes both to an append-only file. So the
// model need not predict what memo decides. It takes the run that a call
// printed, and asks whether memo could rightly replay it then:
//
//   - The bytes, the exit code and memo's own words (one line at most) are right.
//   - A call ran the command itself or replayed a run: one of the two, once.
//   - The run was one of the same command, and every declared input had the value
//     that the run saw at some moment between the start and the end of the call.
//   - The run is not older than the lifetime that the call gave it.
//   - No invalidation that had ended when the call began covers the run.
//
// A miss is always right; the counts at the end show that not everything was
// one. Changes take time: while one is under way its input may have any value.
//
// When a call breaks a rule, soak repeats the steps with fewer and fewer of
// them, and writes the smallest sequence that still fails as a shell script.
package main
