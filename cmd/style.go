package cmd

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/mattn/go-isatty"
	"github.com/muesli/termenv"
)

// A style formats output for people. Commands create it only when they print,
// because `memo run` does not need it. Its methods return plain text if the
// output has no colors; see --color.
type style struct {
	Head lipgloss.Style
	Dim  lipgloss.Style
	Good lipgloss.Style
	Warn lipgloss.Style
	Bad  lipgloss.Style
	Key  lipgloss.Style

	tty   bool
	width int // columns, 0 if unlimited
}

// newStyle returns the style for an output: coloured if it is a terminal,
// unless --color or NO_COLOR (https://no-color.org) say otherwise.
func (a *app) newStyle(w io.Writer) *style {
	s := &style{}
	f, isFile := w.(*os.File)
	s.tty = isFile && isatty.IsTerminal(f.Fd())
	if s.tty {
		s.width = terminalWidth(f)
	}
	colored := s.tty
	noColor, _ := a.world.LookupEnv("NO_COLOR")
	term, _ := a.world.LookupEnv("TERM")
	if noColor != "" || term == "dumb" {
		colored = false
	}
	switch a.color {
	case "always":
		colored = true
	case "never":
		colored = false
	}
	r := lipgloss.NewRenderer(w)
	r.SetColorProfile(termenv.Ascii)
	if colored {
		r.SetColorProfile(termenv.ANSI)
	}
	// No query to the terminal is needed: the colours are among the eight that
	// every theme defines.
	s.Head = r.NewStyle().Bold(true)
	s.Dim = r.NewStyle().Faint(true)
	s.Good = r.NewStyle().Foreground(lipgloss.Color("2"))
	s.Warn = r.NewStyle().Foreground(lipgloss.Color("3"))
	s.Bad = r.NewStyle().Foreground(lipgloss.Color("1"))
	s.Key = r.NewStyle().Foreground(lipgloss.Color("6"))
	return s
}

// fit truncates a line of plain text to the columns that are left of the
// terminal after used columns.
func (s *style) fit(text string, used int) string {
	if s.width == 0 {
		return text
	}
	room := max(s.width-used, 10)
	if lipgloss.Width(text) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && lipgloss.Width(string(runes)) > room-1 {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// bar returns a bar for share; a share of 1 fills width cells.
func (s *style) bar(share float64, width int) string {
	eighths := int(max(0, min(share, 1))*float64(width)*8 + 0.5)
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return s.Good.Render(text) + strings.Repeat(" ", width-lipgloss.Width(text))
}

// sparkline returns a character for each value, whose height shows the value.
func (s *style) sparkline(values []int64) string {
	levels := []rune("▁▂▃▄▅▆▇█")
	top := int64(1)
	for _, v := range values {
		top = max(top, v)
	}
	line := make([]rune, len(values))
	for i, v := range values {
		line[i] = levels[int(float64(max(v, 0))/float64(top)*float64(len(levels)-1)+0.5)]
	}
	return s.Good.Render(string(line))
}

// pad pads a cell, which may be styled, on the right.
func pad(cell string, width int) string {
	return cell + strings.Repeat(" ", max(width-lipgloss.Width(cell), 0))
}

// padLeft pads a cell on the left.
func padLeft(cell string, width int) string {
	return strings.Repeat(" ", max(width-lipgloss.Width(cell), 0)) + cell
}

// table returns rows of cells as aligned lines. It does not pad the last
// column.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	var out strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i < len(row)-1 {
				cell = pad(cell, widths[i])
			}
			if i > 0 {
				out.WriteString("  ")
			}
			out.WriteString(cell)
		}
		out.WriteByte('\n')
	}
	return out.String()
}
