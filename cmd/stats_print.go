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
// how many cells their bars have, sparkColumns how many the sparkline has at
// most. A terminal narrower than narrowStats gets bars of narrowBar cells.
const (
	topCommands  = 5
	barWidth     = 20
	narrowBar    = 8
	narrowStats  = 60
	sparkColumns = 48
)

// printStats prints figures for people.
func printStats(w io.Writer, st *style, r *statsReport, since, now time.Time) error {
	if r.Since == nil && r.Results == 0 {
		_, err := fmt.Fprintln(w, "nothing recorded yet")
		return err
	}
	var out strings.Builder
	line := func(name, value, note string) { out.WriteString(figure(st, name, value, note)) }
	number := func(name string, n int64, note string) { line(name, grouped(n), note) }
	line("saved", spanText(r.saved), "of run time; "+spanText(r.cost)+" was spent on runs")
	if lookups := r.Hits + r.StaleHits + r.Misses; lookups > 0 {
		line("hit rate", fmt.Sprintf("%.1f %%", 100*r.HitRate), "of "+count(lookups, "lookup", "lookups")+", stale hits included")
	}
	if r.Since != nil && r.Since.Before(since) {
		line("since", r.Since.Local().Format(time.DateTime), "older figures are kept by the hour")
	}
	out.WriteByte('\n')
	number("hits", r.Hits, "")
	number("stale hits", r.StaleHits, reasonsText(r.counts.StaleReasons))
	number("misses", r.Misses, reasonsText(r.counts.MissReasons))
	number("refreshes", r.Refreshes, refreshesText(r))
	number("not stored", total(r.counts.NotStored), reasonsText(r.counts.NotStored))
	number("errors", r.Errors, ifAny(r.Errors, "calls that found damage in the cache, or could not use it"))
	number("bypasses", r.Bypasses, ifAny(r.Bypasses, "calls that ran their command without the cache"))
	out.WriteByte('\n')
	line("size", bytesText(r.Size), boundText(r.Size, r.MaxSize, bytesText))
	number("results", r.Results, boundText(r.Results, r.MaxResults, grouped))
	number("evictions", r.Evictions, ifAny(r.Evictions, "results that made room for others"))
	number("invalidated", r.Invalidated, ifAny(r.Invalidated, "results that memo invalidate ended"))
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
	narrow := st.width > 0 && st.width < narrowStats
	cells := barWidth
	if narrow {
		cells = narrowBar
	}
	for _, c := range list {
		name := quoteCommand(c.Command)
		if len(c.Command) == 0 {
			name = "(no result left; key " + c.Key[:16] + ")"
		}
		text := fmt.Sprintf("  %s  %7s  %9s", st.bar(float64(amount(c))/float64(top), cells), spanText(amount(c)), times(c))
		indent := columns(text) + 2
		if narrow { // there is no room for the command in the same line
			text += "\n"
			indent = 4
		} else {
			text += "  "
		}
		name = st.fit(name, indent)
		if len(c.Command) == 0 {
			name = st.Dim.Render(name)
		}
		if narrow {
			name = pad("", indent) + name
		}
		fmt.Fprintf(out, "%s%s\n", text, name)
	}
}

// printSpark prints the hits over time, since a time or over the last hours,
// where there is more than one hour to compare.
func printSpark(out *strings.Builder, st *style, hours []hourRow, since, now time.Time) {
	if len(hours) < 2 {
		return
	}
	most := sparkColumns
	if st.width > 0 {
		most = min(most, max(st.width-2, 2))
	}
	if since.IsZero() {
		since = now.Add(-time.Duration(most-1) * time.Hour)
	}
	if first := hours[0].Start; first.After(since) {
		since = first // before it there was nothing to count
	}
	since = since.Truncate(time.Hour)
	// Whole hours a column, so that all columns are alike.
	step := (now.Sub(since)/(time.Duration(most)*time.Hour) + 1) * time.Hour
	columns := int(now.Sub(since)/step) + 1
	values := make([]int64, columns)
	for _, h := range hours {
		if i := int(h.Start.Sub(since) / step); !h.Start.Before(since) && i < columns {
			values[i] += h.Hits + h.StaleHits
		}
	}
	if columns < 2 || slices.Max(values) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n  %s\n", st.Head.Render("hits over time"), st.sparkline(values))
	note := fmt.Sprintf("since %s, a column is %s, the highest %s", since.Local().Format("2006-01-02 15:04 -07:00"),
		count(int64(step/time.Hour), "hour", "hours"), count(slices.Max(values), "hit", "hits"))
	for _, part := range st.wrap(note, 2) {
		fmt.Fprintf(out, "  %s\n", st.Dim.Render(part))
	}
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

func refreshesText(r *statsReport) string {
	if r.Refreshes+r.RefreshesFailed == 0 {
		return ""
	}
	text := "runs in the background that renewed a result"
	if r.RefreshesFailed > 0 {
		text += fmt.Sprintf("; %s failed", grouped(r.RefreshesFailed))
	}
	return text
}

// ifAny returns the text if there is something to explain.
func ifAny(n int64, text string) string {
	if n == 0 {
		return ""
	}
	return text
}

// boundText says how much of a bound there is.
func boundText(n, bound int64, text func(int64) string) string {
	if bound <= 0 {
		return "no bound"
	}
	return fmt.Sprintf("%.0f %% of %s", 100*float64(n)/float64(bound), text(bound))
}

// spanText is [expiry.FormatSpan] for sums of time.
func spanText(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	return expiry.FormatSpan(d)
}
