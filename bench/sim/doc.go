// Command sim compares the eviction policies of a store on traces of what
// commands were run. It replays them through the code that a store evicts with
// ([store.Model]) and prints, for several bounds on the size of the store, the
// hit rate and the share of run time saved.
//
// The bounds are shares of what all results of a trace take together, so that
// traces of different weight can be compared. The last column is what a store
// without bounds reaches: results expire, and each is made once.
//
//	go run ./bench/sim                  all traces
//	go run ./bench/sim -trace oncall    one of them
//	go run ./bench/sim FILE...          your own
//
// There are two sorts of traces: those in testdata, whose README tells how they
// were made, and Zipf-distributed ones: independent draws from 4,000 commands,
// of which the n-th is used in proportion to n^-s (Breslau et al., "Web caching
// and Zipf-like distributions", INFOCOM 1999, found s of 0.6 to 0.9 for web
// pages; what one person types is more skewed). Of each there is one in which
// what is popular changes: every 500 requests 2 % of the commands are replaced
// by new ones.
package main
