package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// report prints the table and returns how many bounds are broken.
func report(w io.Writer, rows []*row) int {
	byName := map[string]*row{}
	for _, r := range rows {
		byName[r.name] = r
	}
	broken := 0
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tmedian\tratio\tto\tbound\t")
	for _, r := range rows {
		ratio, to, bound, verdict := "", "", "", ""
		if base := byName[r.base]; base != nil {
			x := float64(r.median()) / float64(max(base.median(), 1))
			ratio, to = fmt.Sprintf("%.2f", x), r.base
			if r.bound > 0 {
				bound = fmt.Sprintf("%.2f", r.bound)
				verdict = judge(x <= r.bound, &broken)
			}
		}
		if r.limit > 0 {
			bound = r.limit.String()
			verdict = judge(r.median() <= r.limit, &broken)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.name, short(r.median()), ratio, to, bound, verdict)
	}
	t.Flush()
	return broken
}

func judge(holds bool, broken *int) string {
	if holds {
		return "holds"
	}
	*broken++
	return "BROKEN"
}

func short(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
