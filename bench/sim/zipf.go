package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"time"
)

const (
	zipfCommands = 4000
	zipfRequests = 60_000
	// turnEvery is after how many requests, where what is popular changes,
	// turnShare of the commands are replaced.
	turnEvery = 500
	turnShare = 0.02
)

// zipfTraces returns generated traces, the same ones each time.
func zipfTraces() []trace {
	var traces []trace
	for _, s := range []float64{0.8, 1.1} {
		traces = append(traces,
			zipfTrace(fmt.Sprintf("zipf %.1f", s), s, false),
			zipfTrace(fmt.Sprintf("zipf %.1f, turning", s), s, true))
	}
	return traces
}

// zipfTrace returns independent draws from commands of which the n-th has the
// weight n^-s.
func zipfTrace(name string, s float64, turning bool) trace {
	rng := rand.New(rand.NewPCG(1, math.Float64bits(s)))
	upTo := make([]float64, zipfCommands)
	sum := 0.0
	for i := range upTo {
		sum += math.Pow(float64(i+1), -s)
		upTo[i] = sum
	}
	commands := make([]request, zipfCommands)
	made := 0
	replace := func(i int) {
		made++
		commands[i] = randomCommand(rng, made)
	}
	for i := range commands {
		replace(i)
	}
	t := trace{name: name}
	for n := range zipfRequests {
		if turning && n%turnEvery == turnEvery-1 {
			for range int(turnShare * zipfCommands) {
				replace(rng.IntN(zipfCommands))
			}
		}
		r := commands[sort.SearchFloat64s(upTo, rng.Float64()*sum)%zipfCommands]
		r.at = time.Duration(n) * 10 * time.Second
		t.requests = append(t.requests, r)
	}
	return t
}

// randomCommand returns a command with a size and a run time that have nothing
// to do with each other or with how popular it is. Both are log-normal, as
// sizes of files and run times of jobs are: half of the sizes are under 4 KiB
// and one in a hundred is over 1 MiB, half of the run times are under 0.6 s
// and one in a hundred is over 20 s.
func randomCommand(rng *rand.Rand, n int) request {
	return request{
		command: fmt.Sprint("command ", n),
		size:    64 + int64(min(4096*math.Exp(2.4*rng.NormFloat64()), 64<<20)),
		took:    time.Duration(min(0.6*math.Exp(1.5*rng.NormFloat64()), 600) * float64(time.Second)),
	}
}
