package cmd

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// topCommands is how many commands `memo stats` shows of each kind, barWidth
// how many cells their bars have, sparkColumns how many the sparkline has.
const (
	topCommands  = 5
	barWidth     = 20
	sparkColumns = 48
)

// printStats prints figures for people.
func printStats(w io.Writer, st *style, r *statsReport, since, now time.Time) error {
	var out strings.Builder
	line := func(name, value, note string) { out.WriteString(figure(st, name, value, note)) }
	number := func(name string, n int64, note string) { line(name, grouped(n), note) }
	if r.Since != nil && r.Since.Before(since) {
		line("since", r.Since.Local().Format(time.DateTime), "older figures are kept by the hour")
	}
	number("hits", r.Hits, "")
	number("stale hits", r.StaleHits, reasonsText(r.counts.StaleReasons))
	number("misses", r.Misses, reasonsText(r.counts.MissReasons))
	line("hit rate", fmt.Sprintf("%.1f %%", 100*r.HitRate), "of "+count(r.Hits+r.StaleHits+r.Misses, "lookup", "lookups")+", stale hits included")
	number("refreshes", r.Refreshes, failedText(r.RefreshesFailed))
	number("not stored", total(r.counts.NotStored), reasonsText(r.counts.NotStored))
	number("errors", r.Errors, "")
	number("bypasses", r.Bypasses, "")
	line("saved", spanText(r.saved), "of run time; "+spanText(r.cost)+" was spent on runs")
	line("size", bytesText(r.Size), boundText(r.MaxSize, bytesText(r.MaxSize)))
	if r.MaxSize > 0 && st.tty {
		fmt.Fprintf(&out, "%s  %s\n", pad("", 12), st.bar(float64(r.Size)/float64(r.MaxSize), barWidth))
	}
	number("results", r.Results, boundText(r.MaxResults, grouped(r.MaxResults)))
	number("evictions", r.Evictions, "")
	number("invalidated", r.Invalidated, "")
	printTop(&out, st, "saved most", r.Commands, func(c *commandRow) time.Duration { return c.saved },
		func(c *commandRow) string { return count(c.Hits, "hit", "hits") })
	printTop(&out, st, "cost most", r.Commands, func(c *commandRow) time.Duration { return c.cost },
		func(c *commandRow) string { return count(c.Misses, "run", "runs") })
	printSpark(&out, st, r.Hours, since, now)
	_, err := io.WriteString(w, out.String())
	return err
}

// figure returns a figure by its name, and what there is to say about it.
func figure(st *style, name, value, note string) string {
	value = padLeft(value, 9)
	text := st.Head.Render(pad(name, 12)) + "  " + value
	column := 12 + 2 + len(value) + 2
	for i, part := range st.wrap(note, column) {
		if i > 0 {
			text += "\n" + pad("", column-2)
		}
		text += "  " + st.Dim.Render(part)
	}
	return text + "\n"
}

// printTop prints the commands with the largest amounts, a bar for each.
func printTop(out *strings.Builder, st *style, title string, commands []commandRow, amount func(*commandRow) time.Duration, times func(*commandRow) string) {
	list := make([]*commandRow, 0, len(commands))
	for i := range commands {
		if amount(&commands[i]) > 0 {
			list = append(list, &commands[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *commandRow) int { return cmp.Compare(amount(b), amount(a)) })
	list = list[:min(len(list), topCommands)]
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", st.Head.Render(title))
	top := amount(list[0])
	for _, c := range list {
		name := quoteCommand(c.Command)
		if len(c.Command) == 0 {
			name = st.Dim.Render("(no result left; key " + c.Key[:16] + ")")
		}
		text := fmt.Sprintf("  %s  %8s  %9s  ", st.bar(float64(amount(c))/float64(top), barWidth), spanText(amount(c)), times(c))
		fmt.Fprintf(out, "%s%s\n", text, st.fit(name, barWidth+2+2+8+2+9+2))
	}
}

// printSpark prints the hits over time, since a time or over the last 48
// hours.
func printSpark(out *strings.Builder, st *style, hours []hourRow, since, now time.Time) {
	if len(hours) == 0 {
		return
	}
	if since.IsZero() {
		since = now.Add(-(sparkColumns - 1) * time.Hour)
	}
	since = since.Truncate(time.Hour)
	// Whole hours a column, so that all columns are alike.
	step := (now.Sub(since)/(sparkColumns*time.Hour) + 1) * time.Hour
	columns := int(now.Sub(since)/step) + 1
	values := make([]int64, columns)
	for _, h := range hours {
		if i := int(h.Start.Sub(since) / step); !h.Start.Before(since) && i < columns {
			values[i] += h.Hits + h.StaleHits
		}
	}
	fmt.Fprintf(out, "\n%s\n  %s\n  %s\n", st.Head.Render("hits over time"), st.sparkline(values),
		st.Dim.Render(fmt.Sprintf("since %s, a column is %s", since.Local().Format("2006-01-02 15:04 -07:00"), count(int64(step/time.Hour), "hour", "hours"))))
}

// reasonsText lists counts in words, the largest first.
func reasonsText(counts store.ReasonCounts) string {
	codes := slices.SortedFunc(maps.Keys(counts), func(a, b store.Code) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(codes))
	for i, code := range codes {
		parts[i] = grouped(counts[code]) + " " + memo.ReasonCode(code).Words()
	}
	return strings.Join(parts, ", ")
}

func total(counts store.ReasonCounts) int64 {
	var sum int64
	for _, n := range counts {
		sum += n
	}
	return sum
}

func failedText(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("and %d failed", n)
}

func boundText(bound int64, text string) string {
	if bound <= 0 {
		return "no bound"
	}
	return "of " + text
}

// spanText is [expiry.FormatSpan] for sums of time.
func spanText(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	return expiry.FormatSpan(d)
}
