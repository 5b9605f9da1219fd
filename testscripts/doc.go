// Package testscripts tests memo's visible behaviour. Every TOPIC/NAME.txtar is
// a script that runs the real binary in each of its modes (recall on, recall
// off, no cgo). To run one script in one mode:
//
//	MEMO_TEST_MODE=recall go test ./testscripts -run TestScripts/recall/TOPIC/NAME$
//
// A script starts in an empty directory $WORK with its own HOME, XDG
// directories, TZ and LANG. The cache is in $CACHE, and memo's sources are in
// $SOURCE. Files of the script that begin with "#!" are executable. Besides the
// commands of github.com/rogpeppe/go-internal/testscript there are:
//
//	status N|SIGNAL CMD...     run CMD; it must exit with N or die of SIGNAL
//	within DUR N CMD...        the same, and it must end in DUR (pipes closed)
//	lines FILE N               FILE has exactly N lines (a missing file has none)
//	size FILE N                FILE (or stdout, stderr) has exactly N bytes
//	cmpbin FILE FILE           like cmp, but prints only where the bytes differ
//	results N                  the store holds exactly N result files
//	damage KIND                truncate, empty, flip, swap or garble every result file
//	secret TEXT                no file of the cache contains TEXT
//	waitidle                   wait at most 20 s until none of the script's processes is left
//
// and programs that scripts and their shells can call:
//
//	waitfor exists|gone FILE   wait at most 20 s for a condition
//	waitfor lines FILE N
//	waitfor grep REGEXP FILE
//	waitfor run CMD...
//	age                        wait until no file written so far is racy any more
//	died CMD...                run CMD, then print "exit N" or "signal NAME"
//	signal NAME FILE CMD...    the same, but once FILE exists send NAME to CMD
//	signal -g NAME FILE CMD... or to its whole process group
//	repeat COUNT CMD...        run COUNT processes at once; all must end and print alike
//	served recall|go CMD...    run CMD; a hit must be served by recall, or must not
//	peak SIZE CMD...           CMD and its children must stay under SIZE of memory
//	pty DIALOGUE CMD...        talk to CMD on a pseudo-terminal, see dialogue_test.go
//
// To count executions, let the command append to a file. The variable
// TESTING_MEMO_CLOCK moves memo's clock by a duration.
package testscripts
