// Command bench measures the whole memo binary against what it is put in
// front of: /bin/true, an empty Go program, cat and stat.
//
// All rows are measured in one interleaved run: in every round each row gets
// its turn, so that a machine that gets busy or slow does so for all of them.
// A row's figure is the median of its rounds; what counts is the ratio to its
// baseline, which says the same on every machine. All processes are started
// in the same way, with the same environment.
//
//	go run ./bench                      all rows
//	go run ./bench -run 'miss|true'     some of them, and their baselines
//	go run ./bench -check               exit with 1 if a bound is broken
package main
