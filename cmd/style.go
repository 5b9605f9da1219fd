package cmd

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-isatty"
	"github.com/muesli/termenv"
	"golang.org/x/term"
)

// defaultWidth is the width of a terminal that doesn't say how wide it is.
const defaultWidth = 80

// A style is how output for people looks. It is built when something is
// printed, not before: `memo run` has no need of it. All its methods return
// plain text where the output has no colors; see --color.
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
		s.width = defaultWidth
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			s.width = width
		}
	}
	colored := s.tty
	noColor, _ := a.world.LookupEnv("NO_COLOR")
	terminal, _ := a.world.LookupEnv("TERM")
	if noColor != "" || terminal == "dumb" {
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
	// Nothing is asked of the terminal: the colours are among the eight that
	// every theme defines. Yellow is not: it can't be read on white.
	s.Head = r.NewStyle().Bold(true)
	s.Dim = r.NewStyle().Faint(true)
	s.Good = r.NewStyle().Foreground(lipgloss.Color("2"))
	s.Warn = r.NewStyle().Foreground(lipgloss.Color("5"))
	s.Bad = r.NewStyle().Foreground(lipgloss.Color("1"))
	s.Key = r.NewStyle().Foreground(lipgloss.Color("6"))
	return s
}

// columns returns how many columns of a terminal a styled text takes.
func columns(text string) int { return lipgloss.Width(text) }

// fit cuts a line of plain text to what is left of the terminal's width after
// used columns.
func (s *style) fit(text string, used int) string {
	if s.width == 0 {
		return text
	}
	return ansi.Truncate(text, max(s.width-used, 10), "…")
}

// wrap breaks text into lines that fit what is left of the terminal's width
// after used columns, between words where that can be. No text is no line.
func (s *style) wrap(text string, used int) []string {
	if text == "" {
		return nil
	}
	if s.width == 0 {
		return strings.Split(text, "\n")
	}
	room := max(s.width-used, 10)
	var lines []string
	line, empty := "", true
	for _, word := range strings.Split(text, " ") {
		if !empty && lipgloss.Width(line)+1+lipgloss.Width(word) <= room {
			line += " " + word
			continue
		}
		if !empty {
			lines = append(lines, line)
		}
		// A word that is too long breaks at a slash or a hyphen if it has one.
		parts := strings.Split(ansi.Wrap(word, room, "/"), "\n")
		lines = append(lines, parts[:len(parts)-1]...)
		line, empty = parts[len(parts)-1], false
	}
	return append(lines, line)
}

// wrapLines is wrap for whole lines.
func (s *style) wrapLines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.Join(s.wrap(strings.TrimSuffix(line, "\n"), 0), "\n") + "\n")
	}
	return out.String()
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
